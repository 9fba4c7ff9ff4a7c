"""Forms, queries, cookies and local paths: what is understood, and what is refused."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.consent.forms import (
    HOME,
    MOST_BODY,
    TooLarge,
    local_path,
    parse_cookie,
    parse_form,
    parse_pairs,
    sign_in_path,
)
from bailment.model.errors import Malformed

FORM = "application/x-www-form-urlencoded"
INTERACTION = "/consent/" + "a" * 52


def test_what_a_browser_sends_is_understood() -> None:
    """Fields once, ticked boxes as a list in their order, escapes and plus signs decoded."""
    form = parse_form(b"csrf=t&name=J%C3%B6rg+M&own.0=name&own.0=email&empty=", FORM + "; charset=utf-8")
    assert form.one("name") == "Jörg M"
    assert form.one("empty") == form.one("missing") == ""
    assert form.many("own.0") == ("name", "email")
    assert form.many("friends.0") == ()
    form.only("name", "empty")


@pytest.mark.parametrize(
    "body",
    [
        b"name=1&name=2",
        b"name=1&name=1",
        b"own.0=name&own.0=name",
        b"name=%zz",
        b"name=%",
        b"name=%c3",
        b"name=%ff",
        b"name=%ed%a0%80",
        b"name=%00",
        b"na%00me=1",
        b"\xff=1",
        b"&".join(b"a%d=1" % number for number in range(1025)),
    ],
)
def test_what_no_browser_sends_is_refused(body: bytes) -> None:
    """A field twice, a box twice, bad escapes, what is not UTF-8, NUL, too many fields."""
    with pytest.raises(Malformed):
        parse_pairs(body)


def test_too_much_is_refused() -> None:
    """A form ends at 16 KiB."""
    parse_pairs(b"a=" + b"x" * (MOST_BODY - 2))
    with pytest.raises(TooLarge):
        parse_pairs(b"a=" + b"x" * (MOST_BODY - 1))


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/json"])
def test_only_a_form_is_a_form(kind: str) -> None:
    """What a forged request without preflight could send in another type is no form."""
    with pytest.raises(Malformed):
        parse_form(b"a=1", kind)


def test_a_page_takes_only_what_it_knows() -> None:
    """A field too many is refused, but for the token."""
    parse_pairs(b"csrf=t&a=1").only("a")
    with pytest.raises(Malformed):
        parse_pairs(b"a=1&b=2").only("a")


@given(st.dictionaries(st.text(string.printable, min_size=1), st.text()))
def test_bytes_of_any_kind_are_a_form_or_malformed(fields: dict[str, str]) -> None:
    """No input makes anything else than a form or our own error."""
    raw = "&".join(f"{name}={value}" for name, value in fields.items()).encode("utf-8", "surrogatepass")
    try:
        parse_pairs(raw)
    except Malformed:
        return


@given(st.binary(max_size=300))
def test_a_query_of_any_bytes_is_a_form_or_malformed(raw: bytes) -> None:
    """As above, for bytes that are no text at all."""
    try:
        parse_pairs(raw)
    except Malformed:
        return


def test_a_cookie_is_found_among_others() -> None:
    """By its whole name, in any header field."""
    fields = [b"a=1; bailment=secret", b"bailment-language=ar"]
    assert parse_cookie(fields, "bailment") == "secret"
    assert parse_cookie(fields, "bailment-language") == "ar"
    assert parse_cookie(fields, "bail") == parse_cookie([], "bailment") == ""


def test_a_cookie_that_comes_twice_is_none() -> None:
    """Of two cookies of one name somebody else may have planted one: neither counts."""
    assert parse_cookie([b"bailment=mine; bailment=planted"], "bailment") == ""
    assert parse_cookie([b"bailment=mine", b"bailment=planted"], "bailment") == ""


@pytest.mark.parametrize(
    "path",
    [
        "/my/grants",
        "/my/grants/grant_1-x/receipt",
        "/my/friends-phones",
        "/my/passkeys",
        "/device",
        "/device?user_code=BCDF-GHJK",
        INTERACTION,
        "/sign-in",
        "/sign-in?next=%2Fdevice%3Fuser_code%3DBCDF-GHJK",
    ],
)
def test_our_own_paths_are_kept(path: str) -> None:
    """Pages that show themselves to a GET."""
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example/",
        "//evil.example/my/grants",
        "/\\evil.example",
        "\\\\evil.example",
        "/my/grants\r\nSet-Cookie: a=b",
        "/my/grants\n",
        "/my/grants?x=//evil.example",
        "/my/grants#x",
        "/my/../sign-out",
        "/my/grants/x/withdraw",
        "/device?user_code=x&y=1",
        "/consent/short",
        "javascript:alert(1)",
        "/oauth/authorize",
        " /my/grants",
        "/my/grants/\u0661/receipt",
    ],
)
def test_open_redirect(path: str) -> None:
    """Whatever is not one of our pages leads home."""
    assert local_path(path) == HOME
    assert sign_in_path(path) == "/sign-in"
    assert local_path(f"/sign-in?next={path}") == "/sign-in"


def test_the_sign_in_page_leads_on_to_a_page_of_ours() -> None:
    """The path to go on to is quoted, and never the sign-in page itself."""
    assert sign_in_path("/device?user_code=X") == "/sign-in?next=%2Fdevice%3Fuser_code%3DX"
    assert sign_in_path("/sign-in") == "/sign-in"


@given(st.text(max_size=80))
def test_no_text_leads_elsewhere(text: str) -> None:
    """Every path that is kept is of this host and of one line."""
    kept = local_path(text)
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isascii()
    assert kept.isprintable()
