"""XML from outside: what is taken, and what is refused before anything is made of it."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.endpoints.carddav.elements import MOST_BODY, MOST_DEPTH, MOST_ELEMENTS, Element, parse_document
from bailment.endpoints.carddav.names import element
from bailment.endpoints.carddav.problems import Violated
from bailment.model.errors import Malformed

_PROPFIND = '<D:propfind xmlns:D="DAV:"><D:prop><x y="é"/><D:a>é&amp;b</D:a></D:prop></D:propfind>'
_TREE = Element(
    "{DAV:}propfind",
    {},
    "",
    (Element("{DAV:}prop", {}, "", (Element("x", {"y": "é"}, "", ()), Element("{DAV:}a", {}, "é&b", ()))),),
)
_LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion-laughs": f'<!DOCTYPE x [<!ENTITY l0 "lol">{_LOL}]><x>&l9;</x>',
    "laughs-in-an-attribute": f'<!DOCTYPE x [<!ENTITY l0 "lol">{_LOL}]><x y="&l9;"/>',
    "a-local-file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
    "a-dtd-from-elsewhere": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    "a-parameter-entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]><x/>',
}
BROKEN = {
    "nothing": "",
    "no-xml": "hello",
    "no-end": "<x>",
    "an-undeclared-prefix": "<D:x/>",
    "an-unknown-entity": "<x>&nothing;</x>",
    "a-control-character": "<x>\x01</x>",
    "a-nul": "<x>\x00</x>",
    "two-roots": "<x/><x/>",
    "too-deep": "<x>" * (MOST_DEPTH + 1) + "</x>" * (MOST_DEPTH + 1),
    "far-too-deep": "<x>" * 100_000,
    "too-many-attributes": "<x " + " ".join(f'a{each}="1"' for each in range(90_000)) + "/>",
    "too-many": "<x>" + "<y/>" * MOST_ELEMENTS + "</x>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16", "iso-8859-1"])
def test_a_document_is_read_in_its_encoding(encoding: str, declared: str) -> None:
    """UTF-8 and UTF-16 are taken by their bytes, whatever the document says about itself."""
    raw = (f'<?xml version="1.0" encoding="{declared}"?>' if declared else "") + _PROPFIND
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    assert parse_document(marks.get(encoding, b"") + raw.encode(encoding)) == _TREE


def test_comments_and_instructions_are_nothing() -> None:
    """A comment or an instruction is no child, and parts no text."""
    raw = b"<?a b?><x><!-- c -->1<!-- d -->2<?e f?>3</x><!-- g -->"
    assert parse_document(raw) == Element("x", {}, "123", ())


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(name: str, encoding: str) -> None:
    """Nothing that declares a document type is parsed: no entity is expanded, no file or address read."""
    with pytest.raises(Violated) as caught:
        parse_document(HOSTILE[name].encode(encoding))
    assert (caught.value.status, caught.value.condition) == (403, b"<D:no-external-entities/>")


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_good_xml_is_malformed(name: str) -> None:
    """Whatever is not well-formed, too deep or too much is malformed."""
    with pytest.raises(Malformed) as caught:
        parse_document(BROKEN[name].encode())
    assert type(caught.value) is Malformed


@pytest.mark.parametrize(
    "raw", [b"<x>\xff</x>", "<x>é</x>".encode("latin-1"), b"\xff\xfe<", b"\xff\xfe\x00\xd8"]
)
def test_another_encoding_is_malformed(raw: bytes) -> None:
    """What is neither UTF-8 nor UTF-16 is malformed, be it declared."""
    with pytest.raises(Malformed):
        parse_document(b'<?xml version="1.0" encoding="iso-8859-1"?>' + raw)
    with pytest.raises(Malformed):
        parse_document(raw)


@given(st.binary(max_size=200) | st.text(alphabet="<>/&;!?[]x\"'= D:\n", max_size=80).map(str.encode))
def test_any_bytes_are_a_tree_or_malformed(raw: bytes) -> None:
    """Any bytes are read or malformed; nothing else comes out."""
    try:
        root = parse_document(raw)
    except Malformed:
        return
    assert root.name


def test_the_widest_document_is_read() -> None:
    """A body of the largest size with as many elements as there may be is read whole."""
    raw = b"<x>" + b"<y>" + b"a" * (MOST_BODY - 20) + b"</y></x>"
    assert len(parse_document(raw).children[0].text) == MOST_BODY - 20
    assert len(parse_document(b"<x>" + b"<y/>" * (MOST_ELEMENTS - 1) + b"</x>").children) == MOST_ELEMENTS - 1


@given(st.text(max_size=30), st.text(alphabet="abcé-_.", min_size=1, max_size=10))
def test_a_name_is_spelled_as_it_was_read(uri: str, local: str) -> None:
    """A name of any namespace goes out so that a reader finds the same name."""
    try:
        name = parse_document(element(f"{{{uri}}}{local}" if uri else local)).name
    except Malformed:
        # Not every text is the name of an element, and what is none never comes in as one.
        return
    assert name == (f"{{{uri}}}{local}" if uri else local)
