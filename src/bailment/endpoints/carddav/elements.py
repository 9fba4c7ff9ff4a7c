"""XML from outside, hardened: the one module that knows the parser.

Nothing is parsed that declares a document type, so there are no entities to expand and nothing to fetch.
Size, depth and the numbers of elements and attributes have limits. What comes out is a tree of plain tuples.
"""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]  # It has no types of its own; this module gives them.

from bailment.endpoints.carddav.problems import Violated
from bailment.model.errors import Malformed

MOST_BODY = 1 << 20
MOST_DEPTH = 32
MOST_ELEMENTS = 20_000
MOST_ATTRIBUTES = 32

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


class Element(NamedTuple):
    """An element: its name in Clark notation (`{namespace}local`), attributes, leading text, children."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: "tuple[Element, ...]"

    def all(self, name: str) -> "Iterator[Element]":
        """Yield the children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        """Return the first child of that name, None where there is none."""
        return next(self.all(name), None)


def parse_document(raw: bytes) -> Element:
    """Parse a request's body.

    Raises:
        Malformed: it is not well-formed XML in UTF-8 or UTF-16, or is too deep, or has too many elements.
        Violated: it declares a document type.
    """
    text = _utf8(raw)
    # Refused before the parser sees it, in whatever place it stands: no client of this protocol has any.
    if b"<!DOCTYPE" in text:
        raise Violated("a body declares no document type", b"<D:no-external-entities/>")
    try:
        root = etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("it is not well-formed XML", where="body") from error
    for count, _ in enumerate(root.iter()):
        if count >= MOST_ELEMENTS:
            raise Malformed(f"at most {MOST_ELEMENTS} elements", where="body")
    return _taken(root, MOST_DEPTH)


def _utf8(raw: bytes) -> bytes:
    """Return the body in UTF-8; the parser is told so, whatever the document says about itself.

    Source: RFC 4918 section 8.2: UTF-8 and UTF-16 are what a server must take.
    """
    try:
        return raw.decode("utf-16" if raw.startswith(_UTF16) else "utf-8-sig").encode()
    except UnicodeError as error:
        raise Malformed("it is neither UTF-8 nor UTF-16", where="body") from error


def _taken(node: Any, depth: int) -> Element:  # noqa: ANN401 - the parser has no types
    if not depth:
        raise Malformed(f"elements nest {MOST_DEPTH} deep at most", where="body")
    children = tuple([_taken(child, depth - 1) for child in node]) if len(node) else ()
    names = node.keys()
    # The parser looks for each value from the first attribute on: a megabyte of them would take it seconds.
    if len(names) > MOST_ATTRIBUTES:
        raise Malformed(f"an element has at most {MOST_ATTRIBUTES} attributes", where="body")
    return Element(node.tag, {name: node.get(name) for name in names}, node.text or "", children)
