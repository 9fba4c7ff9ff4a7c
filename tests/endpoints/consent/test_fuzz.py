"""Malformed input to every page gives a page: no 5xx, no exception."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.oauth_fuzz_inputs import BYTES
from tests.support.pages_fuzz import PagesTarget, encoded, pages_target

# One target serves all examples, as one server serves all requests.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

ONE = "/my/grants/{grant}"
PATHS = [
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/provider",
    "/sign-in/provider/callback",
    "/language",
    "/oauth/authorize",
    "/consent/{interaction}",
    "/device",
    "/",
    "/my",
    "/my/grants",
    f"{ONE}/withdraw",
    f"{ONE}/narrow",
    f"{ONE}/remove-device",
    f"{ONE}/receipt",
    f"{ONE}/receipt.json",
    "/my/friends-phones",
    "/my/passkeys",
    "/my/passkeys/remove",
    "/static/{name}",
    "/sign-out",
]
POSTED = [path for path in PATHS if path not in ("/sign-out", f"{ONE}/withdraw")]
FIELDS = [
    "csrf",
    "login",
    "password",
    "next",
    "answer",
    "language",
    "here",
    "client_id",
    "request_uri",
    "until",
    "action",
    "own.0",
    "friends.0",
    "own.9",
    "user_code",
    "was",
    "choice",
    "how-lumen",
    "general.",
    "maker.lumen",
    "name",
    "credential",
    "state",
    "code",
    "iss",
    "error",
    "x",
]
ODD_TEXTS = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\udc00\ud800",
    "é",
    "x" * 300,
    "x" * 20_000,
    "..",
    "%00",
    "%",
    "a b",
]
ODD_TEXTS += ["\r\nx: y", "\x7f", "\u202e", "' OR 1=1 --", "{{7*7}}", "A" * 48, "x" * 129, "\U0010ffff"]
NAMES = st.one_of(
    st.sampled_from(ODD_TEXTS), st.text(st.characters(codec=None, exclude_characters="/"), min_size=1)
)
CHOICES = ["0", "0 lumen=0", "0 lumen=x", "0 lumen=" + "9" * 19, "1 =", " ", "", "0 lumen=0 lumen=1", "²"]
VALUES = st.one_of(
    BYTES,
    st.sampled_from(["close", "preview", "save", "own", "every", "allow", "refuse", "tick", "30", "end"]).map(
        str.encode
    ),
    st.sampled_from([each.encode() for each in CHOICES]),
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["drop", "replace", "double", "add"]), st.sampled_from(FIELDS), VALUES),
    max_size=4,
)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesTarget]:
    """Give the pages over SQLite."""
    with pages_target(tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


def changed(
    pairs: list[tuple[bytes, bytes]], changes: list[tuple[str, str, bytes]]
) -> list[tuple[bytes, bytes]]:
    """Return fields with something dropped, replaced, doubled or added."""
    for how, name, value in changes:
        key = name.encode()
        old = [each for each in pairs if each[0] == key]
        if how in ("drop", "replace"):
            pairs = [each for each in pairs if each[0] != key]
        if how == "double":
            pairs = pairs + old
        elif how != "drop":
            pairs = [*pairs, (key, value)]
    return pairs


def filled(target: PagesTarget, template: str) -> str:
    """Return a path to what there is."""
    path = target.interaction() if "{interaction}" in template else template
    return path.replace("{grant}", target.grant_id).replace("{name}", "style.css")


def named(template: str, name: str) -> str:
    """Return a path to what there is not."""
    before, _, after = template.partition("{")
    return f"{before}{name}{after.partition('}')[2]}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 303),
        ("/language", 303),
        ("/device", 422),
        ("/my/friends-phones", 200),
        ("/my/passkeys", 200),
        ("/my/passkeys/remove", 200),
        ("/consent/{interaction}", 200),
        (f"{ONE}/narrow", 200),
    ],
)
def test_the_posts_to_begin_with_are_good(target: PagesTarget, path: str, status: int) -> None:
    """So that a change is all that can be wrong with them."""
    whole = filled(target, path)
    assert target.post(whole, target.good(whole)).status == status
    assert (
        target.send("GET", f"{ONE}/receipt".format(grant=target.grant_id), b"", target.headers()).status
        == 200
    )


@given(path=st.sampled_from(POSTED), changes=CHANGES, query=st.one_of(st.just(b""), BYTES))
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_field(
    target: PagesTarget, path: str, changes: list[tuple[str, str, bytes]], query: bytes
) -> None:
    """Fields that are missing, twice, unknown or any bytes."""
    whole = filled(target, path)
    target.post(whole, changed(target.good(whole), changes), query=query)


@given(field=st.sampled_from(FIELDS), value=VALUES, path=st.sampled_from(POSTED))
@settings(max_examples=300, suppress_health_check=SHARED)
def test_each_field_alone(target: PagesTarget, field: str, value: bytes, path: str) -> None:
    """One at a time, so that all others let it come as far as it may; in a query, too."""
    whole = filled(target, path)
    pairs = changed(target.good(whole), [("replace", field, value)])
    target.post(whole, pairs)
    target.send("GET", whole, b"", target.headers(), encoded(pairs))


@given(
    path=st.sampled_from([path for path in PATHS if "{" in path]),
    name=NAMES,
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    signed_in=st.booleans(),
)
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_name_in_a_path(
    target: PagesTarget, path: str, name: str, method: str, *, signed_in: bool
) -> None:
    """Of a grant, a request that waits, or a file."""
    whole = named(path, name)
    if method == "POST":
        assert target.post(whole, target.good(path.replace("{interaction}", "x"))).status < 500
        return
    answer = target.send(method, whole, b"", target.headers(signed_in=signed_in))
    if signed_in and method == "GET" and path.endswith(("receipt", "receipt.json", "{interaction}")):
        assert answer.status == 404


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "X"]),
    path=st.sampled_from(PATHS),
    body=BYTES,
    fields=st.lists(
        st.tuples(
            st.sampled_from(
                [b"cookie", b"content-type", b"origin", b"sec-fetch-site", b"accept-language", b"x"]
            ),
            st.one_of(BYTES, BYTES.map(b"__Host-bailment=".__add__)),
        ),
        max_size=3,
    ),
    query=st.one_of(st.just(b""), BYTES),
    known=st.booleans(),
)
@settings(max_examples=300, suppress_health_check=SHARED)
def test_any_bytes(
    target: PagesTarget,
    method: str,
    path: str,
    body: bytes,
    fields: list[tuple[bytes, bytes]],
    query: bytes,
    *,
    known: bool,
) -> None:
    """Any body of any type, any header fields, any query; from somebody or nobody."""
    target.send(method, filled(target, path), body, [*target.headers(signed_in=known), *fields], query)


def test_nothing_odd_reaches_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """A NUL or half a surrogate pair, in every path, field and query, is refused before."""
    with pages_target(tmp_path, postgres_url) as target:
        for path in PATHS:
            for name in ODD_TEXTS if "{" in path else ():
                target.send("GET", named(path, name), b"", target.headers())
                target.post(named(path, name), [])
        for path in POSTED:
            for field in FIELDS:
                for value in (b"a\x00b", b"\xed\xa0\x80"):
                    whole = filled(target, path)
                    pairs = changed(target.good(whole), [("replace", field, value)])
                    target.post(whole, pairs)
                    target.send("GET", whole, b"", target.headers(), encoded(pairs))
        assert target.send("GET", "/my/grants", b"", target.headers()).status == 200
        assert target.post("/sign-in", target.good("/sign-in")).status == 303
