"""Parameters in every form that clients send."""

import contextlib
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.mastodon.parameters import MOST_PAIRS, Parameters, parse_parameters
from bailment.model.errors import Malformed

FORM = "application/x-www-form-urlencoded"


def multipart(*parts: tuple[str, bytes], boundary: str = "xx") -> tuple[str, bytes]:
    """Return the content type and the body of parts with these dispositions."""
    body = b"".join(
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
        % (boundary.encode(), head.encode(), content)
        for head, content in parts
    )
    return f'multipart/form-data; boundary="{boundary}"', body + b"--" + boundary.encode() + b"--\r\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"status": "hi", "media_ids": ["1", 2], "sensitive": true, "x": null}'),
        ("application/json; charset=utf-8", b'{"status":"hi","media_ids":["1","2"],"sensitive":1}'),
        (FORM, b"status=hi&media_ids%5B%5D=1&media_ids[]=2&sensitive=on"),
        (FORM, b"status=hi&media_ids[0]=1&media_ids[1]=2&sensitive=true"),
        (FORM, b"status=hi&media_ids=1&media_ids=2&sensitive=1"),
        multipart(("name=status", b"")),
    ],
)
def test_all_forms_mean_the_same(kind: str, body: bytes) -> None:
    """JSON, and a list spelled in each of the ways, give the same texts."""
    if kind.startswith("multipart"):
        kind, body = multipart(
            ('name="status"', b"hi"),
            ('name="media_ids[]"', b"1"),
            ('name="media_ids[]"', b"2"),
            ('name="sensitive"', b"true"),
            ('name="file"; filename="a.png"', b"\x89PNG\xff"),
        )
    found = parse_parameters(b"", kind, body)
    assert (found.text("status"), found.texts("media_ids")) == ("hi", ["1", "2"])
    assert found.flag("sensitive")
    assert not found.has("x")
    assert not found.has("file")


def test_an_object_in_json_is_a_name_with_its_key() -> None:
    """A poll is told in either form."""
    for kind, body in (
        ("application/json", b'{"poll": {"options": ["a"], "expires_in": 60}}'),
        (FORM, b"poll[options][]=a&poll[expires_in]=60"),
    ):
        found = parse_parameters(b"", kind, body)
        assert found.has("poll")
        assert found.texts("poll[options]") == ["a"]
    assert not parse_parameters(b"", "application/json", b'{"poll": null}').has("poll")


def test_the_body_counts_over_the_query() -> None:
    """What comes in both is what the body says."""
    assert parse_parameters(b"a=1&b=2", FORM, b"a=3").text("a") == "3"
    assert parse_parameters(b"a=1", "text/plain", b"").text("a") == "1"


@pytest.mark.parametrize("raw", ["0", "false", "off", "F", "no", ""])
def test_a_flag_that_says_no(raw: str) -> None:
    """The words for no, and nothing, are no."""
    assert not Parameters([("a", raw)]).flag("a")


@pytest.mark.parametrize(
    ("query", "kind", "body"),
    [
        (b"", "text/plain", b"x"),
        (b"", "", b"x"),
        (b"", "application/json", b"{"),
        (b"", "application/json", b"[]"),
        (b"", "application/json", b"1"),
        (b"", "application/json", b"\xff"),
        (b"", "application/json", b'{"a":' * 5000),
        (b"", "application/json", b'{"a":' * 9 + b"1" + b"}" * 9),
        (b"", "application/json", b'{"a":"\\ud800"}'),
        (b"", "application/json", b'{"a":[' + b"1," * MOST_PAIRS + b"1]}"),
        (b"", FORM, b"a=%ff"),
        (b"a=\xff", "", b""),
        (b"&".join([b"a=1"] * (MOST_PAIRS + 1)), "", b""),
        (b"", "multipart/form-data", b"--x--"),
        (b"", "multipart/form-data; boundary=x", b"nothing"),
        (b"", "multipart/form-data; boundary=x", b"--x\r\n\r\nbody\r\n--x--"),
        (b"", "multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n--x--'),
        (b"", *multipart(('name="a"', b"\xff"))),
    ],
)
def test_what_is_not_of_its_form_is_refused(query: bytes, kind: str, body: bytes) -> None:
    """Nothing is guessed at."""
    with pytest.raises(Malformed):
        parse_parameters(query, kind, body)


@pytest.mark.parametrize("raw", ["1.5", "x", "1" * 20, "0x1", "--1", "٣"])
def test_a_number_is_digits(raw: str) -> None:
    """What is no whole number is refused, and said by name."""
    with pytest.raises(Malformed, match="limit"):
        Parameters([("limit", raw)]).number("limit", 1)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.lists(st.text(), max_size=3)))
def test_json_and_forms_agree(values: dict[str, list[str]]) -> None:
    """Whatever texts are sent, each form gives the same ones back."""
    pairs = [(f"{name}[]", each) for name, listed in values.items() for each in listed]
    by_form = parse_parameters(b"", FORM, urlencode(pairs).encode())
    by_json = parse_parameters(b"", "application/json", msgspec.json.encode(values))
    for name, listed in values.items():
        assert by_form.texts(name) == by_json.texts(name) == [each for each in listed if each]


@given(
    st.binary(max_size=200), st.sampled_from(["application/json", FORM, "multipart/form-data; boundary=x"])
)
def test_any_body_is_read_or_refused(body: bytes, kind: str) -> None:
    """Nothing else comes of any bytes."""
    for raw in (body, b"--x\r\n" + body + b"\r\n--x--"):
        with contextlib.suppress(Malformed):
            parse_parameters(body, kind, raw)
