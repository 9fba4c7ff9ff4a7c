"""Cards: the bytes of both versions, masks, blobs and their damage."""

import zlib
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.disclosure import Form
from bailment.model.errors import Tampered
from bailment.model.fields import ALL_FIELDS, fields_of, mask_of
from bailment.model.people import JsonValue
from bailment.people.card import (
    CARD_FIELDS,
    card_of_fragments,
    fields_in_card,
    plain_card,
    render_card,
    slice_card,
)
from bailment.people.render import render

VALUES: dict[str, JsonValue] = {
    "name": {"full": "Åsa Björk, Dr.", "given": "Åsa", "family": "Björk", "native": "Ἄσα"},
    "photo": {"url": "https://photos.example.org/a;b,c.jpg?x=1&y=2", "at": "2020-01-01T00:00:00.000Z"},
    "email": ["asa@example.org", "a,b@example.org"],
    "phone": ["+999 000 000 001"],
    "birthday": "--02-29",
    "hometown": {"name": "Umeå", "id": 7},
    "city": {"name": "Malmö; väst"},
    "work": [
        {"employer": "Quartz", "to": "2010"},
        {"employer": "Harbour <&> Vale", "title": "Chief", "from": "2010"},
    ],
    "education": [{"school": "Hidden School"}],
    "relationship": {"status": "hidden-relationship"},
    "likes": [{"name": "hidden-like"}],
    "statuses": [{"text": "hidden-status", "at": "2020-01-01T00:00:00.000Z"}],
    "photos": [{"url": "https://photos.example.org/hidden.jpg"}],
    "religion": {"name": "hidden-religion"},
    "politics": {"name": "hidden-politics"},
    "gender": "female",
    "languages": ["hidden-language"],
    "websites": ["https://example.org/a,b", "https://example.org/c"],
    "interests": ["hidden-interest"],
    "joined": "2011-01-01T00:00:00.000Z",
}
SHOWN = mask_of(
    ("name", "photo", "email", "phone", "birthday", "hometown", "city", "work", "gender", "websites")
)
COMMON = (
    "FN:Åsa Björk\\, Dr.",
    "N:Björk;Åsa;;;",
    "NICKNAME:Ἄσα",
    "PHOTO;VALUE=uri:https://photos.example.org/a;b,c.jpg?x=1&y=2",
    "EMAIL:asa@example.org",
    "EMAIL:a\\,b@example.org",
    "TEL:+999 000 000 001",
)
PLACES = (
    "item1.ADR:;;;Umeå;;;",
    "item1.X-ABLabel:Hometown",
    "ADR;TYPE=home:;;;Malmö\\; väst;;;",
    "ORG:Harbour <&> Vale",
    "TITLE:Chief",
)
WHO = ("PRODID:-//Bailment//Address book//EN", "UID:urn:bailment:person:42")
URLS = ("URL:https://example.org/a,b", "URL:https://example.org/c", "END:VCARD", "")
CARD_3 = "\r\n".join(
    ("BEGIN:VCARD", "VERSION:3.0", *WHO, *COMMON, "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", *PLACES, *URLS)
)
CARD_4 = "\r\n".join(
    (
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        *WHO,
        *COMMON,
        "BDAY:--0229",
        *PLACES,
        "GENDER:F",
        *URLS,
    )
)
BOTH_FORMS = pytest.mark.parametrize("form", [Form.CARD3, Form.CARD4])


def card_of(values: dict[str, JsonValue], form: Form = Form.CARD4, mask: int = ALL_FIELDS) -> str:
    """Return a person's card as lines, read out of XML by somebody else's parser."""
    text = slice_card(render_card(values), 42, mask, form)
    assert text is not None
    read = ET.fromstring(b"<card>%b</card>" % text).text or ""  # noqa: S314 # Our own text: no hostile document.
    assert read.encode() == plain_card(text)
    return read


def lines_of(card: str, *names: str) -> list[str]:
    """Return the lines of a card that begin with one of the names."""
    return [line for line in card.split("\r\n") if line.startswith(names)]


@pytest.mark.parametrize(("form", "expected"), [(Form.CARD3, CARD_3), (Form.CARD4, CARD_4)])
def test_a_whole_card_of_each_version(form: Form, expected: str) -> None:
    """Each field becomes its properties, escaped, in the order of the fields."""
    assert card_of(VALUES, form) == expected
    assert CARD_FIELDS == SHOWN


def test_a_card_is_ready_for_an_answer_in_xml() -> None:
    """Markup is escaped and the carriage return is spelled, so that an XML reader keeps it."""
    text = slice_card(render_card({"name": {"full": "A <&> B]]>"}}), 1, 1, Form.CARD3)
    assert text == (
        b"BEGIN:VCARD&#13;\nVERSION:3.0&#13;\nPRODID:-//Bailment//Address book//EN&#13;\n"
        b"UID:urn:bailment:person:1&#13;\nFN:A &lt;&amp;&gt; B]]&gt;&#13;\n"
        b"N:;A &lt;&amp;&gt; B]]&gt;;;;&#13;\nEND:VCARD&#13;\n"
    )
    assert plain_card(b"&amp;lt;&#13;\n") == b"&lt;\r\n"


def test_nothing_outside_the_mask_is_in_a_card() -> None:
    """For every mask of the fields that a card can hold, it tells those fields' values and no others'."""
    marks = {
        "photo": "photos.example.org/a",
        "email": "asa@",
        "phone": "+999",
        "birthday": "02",
        "hometown": "Ume",
        "city": "Malm",
        "work": "Harbour",
        "gender": "GENDER",
        "websites": "URL:",
    }
    blob = render_card(VALUES)
    for chosen in product((False, True), repeat=len(marks)):
        told = {name for name, wanted in zip(marks, chosen, strict=True) if wanted}
        for form in (Form.CARD3, Form.CARD4):
            text = (slice_card(blob, 77, mask_of(("name", *told)), form) or b"").decode()
            assert {name for name, mark in marks.items() if mark in text} == told - (
                {"gender"} if form is Form.CARD3 else set()
            )
            assert slice_card(blob, 77, mask_of(told), form) is None


@BOTH_FORMS
def test_what_no_card_tells_is_in_none(form: Form) -> None:
    """Relationship, religion, politics and all else that a card has no place for is not even in the blob."""
    assert b"hidden" not in render_card(VALUES).lower()
    assert "Quartz" not in card_of(VALUES, form)
    others = {
        name: VALUES[name] for name in ("name", *(f.name for f in fields_of(ALL_FIELDS & ~CARD_FIELDS)))
    }
    assert card_of(others, form) == card_of({"name": VALUES["name"]}, form)


def test_the_fields_of_a_card() -> None:
    """A blob tells of which fields it says something: not of a field that is empty or that no card holds."""
    assert fields_in_card(render_card(VALUES)) == CARD_FIELDS
    assert fields_in_card(render_card({"name": {"full": "A"}, "email": [], "religion": {"name": "B"}})) == 1
    assert fields_in_card(render_card({})) == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ({"full": "Zoë"}, ["FN:Zoë", "N:;Zoë;;;"]),
        ({"full": "Zoë B", "given": "Zoë"}, ["FN:Zoë B", "N:;Zoë;;;"]),
        ({"full": "Zoë B", "family": "B"}, ["FN:Zoë B", "N:B;;;;"]),
        ({"full": "Zoë", "native": "Ζωή, λ"}, ["FN:Zoë", "N:;Zoë;;;", "NICKNAME:Ζωή\\, λ"]),
        ({"full": "Ζωή", "native": "Ζωή"}, ["FN:Ζωή", "N:;Ζωή;;;"]),
        ({"full": "\x01 ", "native": "Ζωή"}, ["FN:Ζωή", "N:;Ζωή;;;"]),
        (
            {"full": "a\\b;c\r\nd\ne\u2028f\x85g\rh"},
            ["FN:a\\\\b\\;c\\nd\\ne\\nf\\ng\\nh", "N:;a\\\\b\\;c\\nd\\ne\\nf\\ng\\nh;;;"],
        ),
    ],
)
def test_names(name: dict[str, JsonValue], expected: list[str]) -> None:
    """N is never empty, the name in its own script is a nickname, and no text becomes a line of its own."""
    assert lines_of(card_of({"name": name}), "FN", "N") == expected


def test_a_name_of_nothing_is_no_card() -> None:
    """A name of which no character can be carried gives no FN, and so no card."""
    for full in ("\x00", "\ufffe\ud800", " "):
        assert (
            slice_card(render_card({"name": {"full": full}, "email": ["a@b"]}), 1, ALL_FIELDS, Form.CARD4)
            is None
        )


@pytest.mark.parametrize(
    ("birthday", "in_3", "in_4"),
    [
        ("1984-02-29", "BDAY:1984-02-29", "BDAY:19840229"),
        ("--02-29", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", "BDAY:--0229"),
    ],
)
def test_birthdays(birthday: str, in_3: str, in_4: str) -> None:
    """A whole date and one without its year have each version's form."""
    values: dict[str, JsonValue] = {"name": {"full": "A"}, "birthday": birthday}
    assert lines_of(card_of(values, Form.CARD3), "BDAY") == [in_3]
    assert lines_of(card_of(values, Form.CARD4), "BDAY") == [in_4]


@pytest.mark.parametrize(
    ("gender", "line"),
    [
        ("male", "GENDER:M"),
        ("female", "GENDER:F"),
        ("other", "GENDER:O"),
        ("agender; see bio", "GENDER:;agender\\; see bio"),
    ],
)
def test_gender_is_in_4_alone(gender: str, line: str) -> None:
    """A word that a letter stands for is that letter, others are words; 3.0 has no property for it."""
    values: dict[str, JsonValue] = {"name": {"full": "A"}, "gender": gender}
    assert lines_of(card_of(values, Form.CARD4), "GENDER") == [line]
    assert card_of(values, Form.CARD3) == card_of({"name": {"full": "A"}}, Form.CARD3)


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        ([], []),
        ([{"employer": "A", "to": "2010"}], []),
        ([{"employer": "A", "to": "2010"}, {"employer": "B; C"}, {"employer": "D"}], ["ORG:B\\; C"]),
        ([{"employer": "\x00", "title": "T"}], ["TITLE:T"]),
    ],
)
def test_work_is_the_first_that_has_not_ended(work: list[JsonValue], expected: list[str]) -> None:
    """Nobody works where an employment has ended."""
    assert lines_of(card_of({"name": {"full": "A"}, "work": work}), "ORG", "TITLE") == expected


def test_values_that_say_nothing_have_no_line() -> None:
    """Of a value of which no character can be carried no empty property is left."""
    values: dict[str, JsonValue] = {
        "name": {"full": "A", "native": "\x00"},
        "email": ["\x00", " "],
        "phone": ["\x00"],
        "hometown": {"name": "\x00"},
        "city": {"name": "\x00"},
        "work": [{"employer": "\x00"}],
        "gender": "\x00",
    }
    assert card_of(values) == card_of({"name": {"full": "A"}})
    assert fields_in_card(render_card(values)) == 1


def test_addresses_know_no_escapes() -> None:
    """An address is written as it is, but for what is in none."""
    values: dict[str, JsonValue] = {"name": {"full": "A"}, "websites": ["https://a.example/\\x,;\x01y"]}
    assert lines_of(card_of(values), "URL") == ["URL:https://a.example/%5Cx,;y"]


@BOTH_FORMS
def test_cards_of_content_from_before(form: Form) -> None:
    """A card made of rendered content is the one that is made of the values."""
    for values in (VALUES, {}, {"name": VALUES["name"]}):
        assert card_of_fragments(render(values)) == render_card(values)
    assert slice_card(card_of_fragments(render(VALUES)), 42, ALL_FIELDS, form) is not None


def test_content_that_is_damaged_gives_no_card() -> None:
    """Fragments that do not hold together, or that are no JSON, are Tampered."""
    blob = render({"name": {"full": "A"}})
    for damaged in (b"", blob[:-1], blob.replace(b'"A"', b'"A\x00'), blob.replace(b"A", b"\xff")):
        with pytest.raises(Tampered):
            card_of_fragments(damaged)


@given(st.data())
def test_damaged_blobs_are_tampered(data: st.DataObject) -> None:
    """A blob of which one bit differs, or that is cut or extended, is refused, whatever the mask."""
    blob = render_card(VALUES)
    place, bit = data.draw(st.integers(0, len(blob) - 1)), data.draw(st.integers(0, 7))
    flipped = blob[:place] + bytes((blob[place] ^ 1 << bit,)) + blob[place + 1 :]
    for damaged in (blob[:place], flipped, blob + b"\0", blob + b"x"):
        for mask in (0, 1, ALL_FIELDS):
            with pytest.raises(Tampered):
                slice_card(damaged, 1, mask, Form.CARD4)
        with pytest.raises(Tampered):
            fields_in_card(damaged)


@pytest.mark.parametrize(
    "body", [b"", b"\x03", b"\x03\0", b"\x03\x0b\0FN:A\n\0", b"\x03\0FN:A\n\0EMAIL:b\n\0"]
)
def test_keys_and_fragments_that_do_not_match_are_tampered(body: bytes) -> None:
    """Right sums do not make a card of too few or too many fragments."""
    with pytest.raises(Tampered):
        slice_card(zlib.crc32(body).to_bytes(4, "little") + body, 1, 1, Form.CARD3)


def test_no_card_of_a_negative_mask() -> None:
    """A mask with the sign bit set selects nothing: it is evidence of damage."""
    with pytest.raises(Tampered):
        slice_card(render_card(VALUES), 1, -1, Form.CARD3)


def test_the_layout_is_as_documented() -> None:
    """The bytes of a blob are what its module says: other code and other years read them."""
    blob = render_card({"name": {"full": "Zoë"}, "birthday": "--02-29", "gender": "male"})
    fragments = (
        "FN:Zoë&#13;\nN:;Zoë;;;&#13;\n",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29&#13;\n",
        "BDAY:--0229&#13;\n",
        "GENDER:M&#13;\n",
    )
    body = b"\x03\x11\x12\x3e\0" + "".join(f"{each}\0" for each in fragments).encode()
    assert blob == zlib.crc32(body).to_bytes(4, "little") + body


@given(st.binary(max_size=60), st.integers(-1, ALL_FIELDS))
def test_only_tampered_comes_out_of_bytes(blob: bytes, mask: int) -> None:
    """Whatever the bytes, slicing answers or raises Tampered."""
    for read in (lambda: slice_card(blob, 1, mask, Form.CARD3), lambda: fields_in_card(blob)):
        try:
            read()
        except Tampered:
            continue
