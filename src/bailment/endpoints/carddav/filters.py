"""Which cards an `addressbook-query` finds (RFC 6352 section 10.5).

A filter is compiled once and then asked of each card. What has no `prop-filter` finds every card, as clients
expect that send an empty one.

Source: RFC 4790 (i;ascii-casemap, i;octet), RFC 5051 (i;unicode-casemap).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from bailment.endpoints.carddav.elements import Element
from bailment.endpoints.carddav.names import c
from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.properties import COLLATIONS
from bailment.model.errors import Malformed
from bailment.people.vcard_lines import unescape

MOST_CONDITIONS = 50

Filter = Callable[[bytes], bool]
# A property of a card: its parameters as they stand, and its value.
_Line = tuple[str, str]
_Condition = Callable[[_Line], bool]
_Match = Callable[[str], bool]

_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:[^";:]|"[^"]*")*)')
_LOWER = str.maketrans({number: number + 32 for number in range(ord("A"), ord("Z") + 1)})
_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "equals": str.__eq__,
    "contains": str.__contains__,
    "starts-with": str.startswith,
    "ends-with": str.endswith,
}


def compile_filter(root: Element) -> Filter:
    """Return what tells of a card (plain text of a vCard) whether the query's filter finds it.

    Raises:
        Malformed: there is no filter, or it is none.
        Violated: it asks for a collation that is not there, or for too much.
    """
    element = root.first(c("filter"))
    if element is None:
        raise Malformed("an addressbook-query has a filter", where="body")
    filters = list(element.all(c("prop-filter")))
    if sum(1 + len(each.children) for each in filters) > MOST_CONDITIONS:
        raise Violated(f"at most {MOST_CONDITIONS} conditions", b"<C:supported-filter/>")
    tests = [_prop_filter(each) for each in filters]
    together = _together(element)

    def finds(card: bytes) -> bool:
        text = card.replace(b"\r\n ", b"").decode("utf-8", "replace")
        return not tests or together(test(text) for test in tests)

    return finds


def _together(element: Element) -> Callable[..., bool]:
    """Return how an element's conditions are joined."""
    return _one_of(element, "test", {"anyof": any, "allof": all}, "anyof")


def _one_of(
    element: Element, name: str, choices: dict[str, Callable[..., bool]], default: str
) -> Callable[..., bool]:
    choice = element.attributes.get(name, default)
    if choice not in choices:
        raise Malformed(f"{name} is one of: {', '.join(choices)}", where="body")
    return choices[choice]


def _prop_filter(element: Element) -> Callable[[str], bool]:
    """Return what tells of an unfolded card whether it has the property as asked."""
    name = element.attributes.get("name", "")
    if not _NAME.fullmatch(name):
        raise Malformed("a prop-filter has the name of a property", where="body")
    group = "" if "." in name else r"(?:[A-Za-z0-9-]+\.)?"
    head = rf'^{group}{re.escape(name)}((?:;(?:[^":;\n]|"[^"\n]*")*)*):(.*)$'
    pattern = re.compile(head, re.MULTILINE | re.IGNORECASE)
    if element.first(c("is-not-defined")):
        return lambda text: pattern.search(text) is None
    tests = _conditions(element)
    together = _together(element)

    def found(text: str) -> bool:
        lines = (_line(match) for match in pattern.finditer(text))
        return any(not tests or together(test(line) for test in tests) for line in lines)

    return found


def _line(match: re.Match[str]) -> _Line:
    value = match[2].rstrip("\r")
    return match[1], unescape(value) if "\\" in value else value


def _parameter(line: _Line, name: str) -> list[str] | None:
    """Return the values of a parameter, None where a property does not have it."""
    found = [each[2].split(",") for each in _PARAMETER.finditer(line[0]) if each[1].upper() == name]
    return [value.strip('"') for values in found for value in values] if found else None


def _conditions(element: Element) -> Sequence[_Condition]:
    """Return the conditions on one property: on its value, and on its parameters."""
    tests: list[_Condition] = []
    for each in element.children:
        if each.name == c("text-match"):
            tests.append(partial(_value_matches, _text_match(each)))
        elif each.name == c("param-filter"):
            tests.append(_param_filter(each))
    return tests


def _value_matches(match: _Match, line: _Line) -> bool:
    return match(line[1])


def _param_filter(element: Element) -> _Condition:
    name = element.attributes.get("name", "").upper()
    if not _NAME.fullmatch(name):
        raise Malformed("a param-filter has the name of a parameter", where="body")
    if element.first(c("is-not-defined")):
        return lambda line: _parameter(line, name) is None
    text = element.first(c("text-match"))
    if text is None:
        return lambda line: _parameter(line, name) is not None
    match = _text_match(text)
    return lambda line: any(map(match, _parameter(line, name) or ()))


def _text_match(element: Element) -> _Match:
    collate = _collation(element.attributes.get("collation", ""))
    compare = _one_of(element, "match-type", {**_MATCHES}, "contains")
    negated = element.attributes.get("negate-condition", "no")
    if negated not in ("yes", "no"):
        raise Malformed("negate-condition is yes or no", where="body")
    sought = collate(element.text)
    if negated == "yes":
        return lambda value: not compare(collate(value), sought)
    return lambda value: compare(collate(value), sought)


def _collation(name: str) -> Callable[[str], str]:
    """Return what makes texts comparable (section 8.3)."""
    if name in ("", "default", "i;unicode-casemap"):
        return _unicode_casemap
    if name not in COLLATIONS:
        content = b"<C:supported-collation/>"
        raise Violated(f"the collations are {', '.join(COLLATIONS)}", content)
    return str if name == "i;octet" else _ascii_casemap


def _ascii_casemap(text: str) -> str:
    return text.translate(_LOWER)


@lru_cache(maxsize=4096)
def _titled(character: str) -> str:
    """Return a character's simple title case: where the full one is longer, there is none."""
    title = character.title()
    return title if len(title) == 1 else character


def _unicode_casemap(text: str) -> str:
    if text.isascii():
        return text.upper()
    return unicodedata.normalize("NFKD", "".join(map(_titled, text)))
