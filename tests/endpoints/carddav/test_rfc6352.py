"""Parts of a card, as a report asks for them."""

import pytest

from bailment.endpoints.carddav.elements import parse_document
from bailment.endpoints.carddav.rfc6352 import AddressData, parse_address_data
from bailment.model.answers import Card
from bailment.people.card_lines import encode_lines
from tests.support.card_client import element

_LONG = "n" * 200
_TEXT = encode_lines(
    f'BEGIN:VCARD\nVERSION:3.0\nFN:A & B <c>\nTEL:1\nX-ABC.TEL;TYPE="a:b;c",HOME:2\nx-abc-1.tel:3\n'
    f"NOTE:{_LONG}\nX-OWN:4\nEND:VCARD\n"
)


def asked(*props: str) -> AddressData:
    """Return what a report asks for that names these properties."""
    inside = "".join(f"<C:prop {each}/>" for each in props)
    return parse_address_data(parse_document(element("C:address-data", inside).encode()))


def cut(*props: str) -> bytes:
    """Return the properties of the card that come, but for those that make it one."""
    text = asked(*props).cut(Card(1, b'"x"', _TEXT)).text
    head, tail = encode_lines("BEGIN:VCARD\nVERSION:3.0\n"), encode_lines("END:VCARD\n")
    assert text.startswith(head)
    assert text.endswith(tail)
    return text[len(head) : -len(tail)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("TEL", 'TEL:1\nX-ABC.TEL;TYPE="a:b;c",HOME:2\nx-abc-1.tel:3\n'),
        ("X-ABC.TEL", 'X-ABC.TEL;TYPE="a:b;c",HOME:2\n'),
        ("x-abc-1.TEL", "x-abc-1.tel:3\n"),
        ("X-OWN", "X-OWN:4\n"),
        ("FN", "FN:A & B <c>\n"),
        ("NOTE", f"NOTE:{_LONG}\n"),
        ("NONE", ""),
    ],
)
def test_a_group_is_part_of_a_name(name: str, lines: str) -> None:
    """A name alone means the property in every group, one with a group that alone; it comes as it stands."""
    assert cut(f'name="{name}"') == encode_lines(lines)


def test_a_property_comes_without_its_value() -> None:
    """With `novalue` a property comes with its parameters and without its value, however long."""
    assert cut('name="NOTE" novalue="yes"', 'name="X-ABC.TEL" novalue="yes"') == encode_lines(
        'X-ABC.TEL;TYPE="a:b;c",HOME:\nNOTE:\n'
    )


def test_a_card_that_is_asked_for_whole_is_not_touched() -> None:
    """Where nothing is named, or everything, the card comes as it stands."""
    card = Card(1, b'"x"', _TEXT)
    assert asked().cut(card) is card
    everything = parse_document(element("C:address-data", "<C:allprop/>").encode())
    assert parse_address_data(everything).cut(card) is card
