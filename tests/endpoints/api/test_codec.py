"""From the wire to the model: forms that are taken, and forms that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.api.codec import (
    accepts_gzip,
    encode_answer,
    parse_enrolment,
    parse_etags,
    parse_since,
)
from bailment.endpoints.credentials import Headers, parse_build, parse_person_id
from bailment.model.answers import Disclosed, NotModified
from bailment.model.disclosure import Route
from bailment.model.errors import Malformed


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip ; q=0.001", True),
        ("identity", False),
        ("gzipped", False),
        ("*", False),
    ],
)
def test_gzip_is_taken_as_asked(raw: str, taken: bool) -> None:  # noqa: FBT001 - a column of the table
    """Compression follows Accept-Encoding, weight zero included; `*` asks for nothing in particular."""
    assert accepts_gzip(raw) is taken


def test_entity_tags_are_of_one_coding() -> None:
    """Only tags of the coding that is asked for count, weak or strong; `*` never does."""
    raw = '"a", W/"b", "c-gzip", broken, "d'
    assert parse_etags(raw, gzip=False) == ('"a"', '"b"')
    assert parse_etags(raw, gzip=True) == ('"c"',)
    assert parse_etags("*", gzip=False) == parse_etags("", gzip=True) == ()


@given(st.text(max_size=60) | st.integers().map(str))
def test_a_person_id_is_one_or_nobody(raw: str) -> None:
    """Any text is somebody's number in its one form, or 0, which is nobody's."""
    parsed = parse_person_id(raw)
    assert parsed == 0 or (str(parsed) == raw and parsed <= 2**53)


@given(st.binary(max_size=60), st.sampled_from(Route))
def test_any_query_is_a_token_or_malformed(query: bytes, route: Route) -> None:
    """A query is empty, one sync token for the friends list, or malformed."""
    try:
        since = parse_since(query, route)
    except Malformed:
        return
    assert since is None or route is Route.FRIENDS


def test_a_query_has_one_parameter() -> None:
    """`since` may come once, on the friends list, and nothing else may come at all."""
    assert parse_since(b"since=a.1", Route.FRIENDS) == "a.1"
    for query in (b"since=a&since=b", b"since", b"fields=name", b"since=a&x=1", b"since=\xff", b"&&"):
        with pytest.raises(Malformed):
            parse_since(query, Route.FRIENDS)
    with pytest.raises(Malformed):
        parse_since(b"since=a.1", Route.ME)


@given(st.text(max_size=80))
def test_a_build_is_a_digest_or_malformed(raw: str) -> None:
    """A declared build is 32 bytes, nothing, or malformed."""
    try:
        build = parse_build(raw)
    except Malformed:
        return
    assert build is None if not raw else build is not None and len(build) == 32


@given(st.binary(max_size=80) | st.sampled_from([b"[" * 4000, b'{"code":"\\ud800"}', b'{"code":"a","b":1}']))
def test_any_enrolment_body_is_a_code_or_malformed(raw: bytes) -> None:
    """A body is `{"code": "..."}` or malformed, however deep or broken it is."""
    try:
        parse_enrolment(raw).encode()
    except Malformed:
        return
    assert b'"code"' in raw


def test_what_must_stand_alone_does() -> None:
    """A second token, proof or build is malformed; other fields are joined as HTTP says."""
    for name in (b"authorization", b"dpop", b"bailment-build"):
        with pytest.raises(Malformed):
            Headers([(name, b"a"), (name, b"a")])
    assert Headers([(b"accept-encoding", b"br"), (b"accept-encoding", b"gzip")]).get(b"accept-encoding") == (
        "br, gzip"
    )


@pytest.mark.parametrize("gzip", [False, True])
def test_a_304_has_the_tag_of_its_200(gzip: bool) -> None:  # noqa: FBT001 - both codings
    """Not modified carries the entity tag, caching and receipt of what it stands for, and no content."""
    receipt = bytes(32)
    full = encode_answer(Disclosed(b"{}", '"e"', receipt), origin="", gzip=gzip)
    short = encode_answer(NotModified('"e"', receipt), origin="", gzip=gzip)
    assert set(short.headers) == {
        (name, value) for name, value in full.headers if name not in (b"content-type", b"content-encoding")
    }
    assert short.body == b""
