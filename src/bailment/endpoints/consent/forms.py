"""What browsers send to the pages: forms, queries, cookies and local paths, parsed strictly.

A field comes once, unless its name has a dot in it (`own.0`): that is a list of ticked boxes, each of them
once. Whatever a page does not know is refused, as are bad escapes and what is not UTF-8. A path to go to
next is one of a fixed list of our own; anything else becomes the default (no open redirect).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, unquote_to_bytes

from bailment.model.errors import Malformed

MOST_BODY = 16_384
MOST_FIELDS = 1024
HOME = "/my/grants"
_FORM_TYPE = "application/x-www-form-urlencoded"
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SIGN_IN = "/sign-in?next="
_LOCAL = re.compile(
    r"/(?:sign-in"
    r"|my/(?:grants(?:/[A-Za-z0-9_-]{1,64}/receipt)?|friends-phones|address-books|withheld|passkeys)"
    r"|consent/[A-Za-z0-9_-]{52}"
    r"|device(?:\?user_code=[A-Za-z0-9-]{1,16})?)"
)


class TooLarge(Malformed):
    """The body exceeds its limit."""


@dataclass(frozen=True, slots=True)
class Form:
    """A parsed form or query: what came once, and lists of what may come often."""

    single: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return a field, "" where it did not come."""
        return self.single.get(name, "")

    def many(self, name: str) -> tuple[str, ...]:
        """Return a list, empty where it did not come."""
        return self.lists.get(name, ())

    def only(self, *names: str) -> None:
        """See to it that nothing came but these fields, besides lists.

        Raises:
            Malformed: something else did.
        """
        if not self.single.keys() <= {"csrf", *names}:
            raise Malformed("the form has a field that this page does not know", where="form")


def parse_form(body: bytes, content_type: str) -> Form:
    """Parse the body of a post.

    Raises:
        Malformed: not a form, or not one that a browser makes.
    """
    if content_type.partition(";")[0].strip().lower() != _FORM_TYPE:
        raise Malformed(f"send a form as {_FORM_TYPE}", where="content-type")
    return parse_pairs(body)


def parse_pairs(raw: bytes) -> Form:
    """Parse `name=value` pairs joined with ampersands; see the module for what is refused.

    Raises:
        Malformed: something is.
    """
    if len(raw) > MOST_BODY:
        raise TooLarge(f"at most {MOST_BODY} bytes", where="form")
    pairs = [pair for pair in raw.split(b"&") if pair]
    if len(pairs) > MOST_FIELDS:
        raise Malformed(f"at most {MOST_FIELDS} fields", where="form")
    single: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for pair in pairs:
        raw_name, _, raw_value = pair.partition(b"=")
        name, value = _decode(raw_name), _decode(raw_value)
        taken = lists.setdefault(name, []) if "." in name else single
        if (value if "." in name else name) in taken:
            raise Malformed("a field comes twice", where="form")
        if isinstance(taken, list):
            taken.append(value)
        else:
            taken[name] = value
    return Form(single, {name: tuple(values) for name, values in lists.items()})


def _decode(raw: bytes) -> str:
    if _BAD_ESCAPE.search(raw):
        raise Malformed("a field is badly escaped", where="form")
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        raise Malformed("a field is not UTF-8", where="form") from error
    if "\0" in text:
        raise Malformed("a field holds a NUL", where="form")
    return text


def parse_cookie(raw_fields: list[bytes], name: str) -> str:
    """Return the cookie of this name; "" where there is none, or more than one, for then one is planted."""
    found = []
    for raw in raw_fields:
        for pair in raw.decode("latin-1").split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                found.append(value)
    return found[0] if len(found) == 1 else ""


def local_path(raw: str, default: str = HOME) -> str:
    """Return a path of ours that `raw` is, or the default. What it returns can be sent as a Location."""
    if raw.startswith(_SIGN_IN):
        return sign_in_path(unquote(raw.removeprefix(_SIGN_IN)))
    return raw if _LOCAL.fullmatch(raw) else default


def sign_in_path(then: str) -> str:
    """Return the path of the sign-in page that leads on to a path of ours."""
    wanted = then if _LOCAL.fullmatch(then) and then != "/sign-in" else ""
    return _SIGN_IN + quote(wanted, safe="") if wanted else "/sign-in"
