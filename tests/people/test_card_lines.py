"""Cards of any values: lines fold and unfold, no text makes a line, and another reader finds what is told."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.model.disclosure import Form
from bailment.model.fields import ALL_FIELDS
from bailment.people.card import plain_card, render_card, slice_card
from bailment.people.card_lines import MAX_LINE_BYTES, decode_xml, encode_lines, escape, escape_uri
from bailment.people.generator import GeneratedPeople
from bailment.people.text import clean
from bailment.people.vcard import VCardPeople

# Rich in what is special to vCard, to XML, and to readers that are careless about lines.
LETTER = st.one_of(
    st.sampled_from([*"\\,;:&<>]\"' \tnN=", "\r", "\n", "\r\n", "\x85", "\u2028", "\u2029", "\0", "\ufffe"]),
    st.sampled_from(["NOTE:x", "\nEND:VCARD", "&#13;", "é", "漢", "😀", "e\u0301"]),
    st.characters(exclude_categories=["Cs"]),
)
TEXT = st.lists(LETTER, min_size=1, max_size=60).map("".join)
FULL = TEXT.map(lambda text: f"Z{text}")
NAMED = st.fixed_dictionaries({"name": TEXT})
VALUES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": st.fixed_dictionaries({"full": FULL}, optional={"given": TEXT, "family": TEXT, "native": TEXT})},
    optional={
        "photo": st.just({"url": "https://photos.example.org/" + "漢" * 40}),
        "email": st.lists(TEXT, max_size=3),
        "phone": st.lists(TEXT, max_size=3),
        "birthday": st.sampled_from(["1984-02-29", "--02-29"]),
        "hometown": NAMED,
        "city": NAMED,
        "work": st.lists(
            st.fixed_dictionaries({"employer": TEXT}, optional={"title": TEXT, "to": st.just("2010")}),
            max_size=2,
        ),
        "gender": TEXT,
        "websites": st.just(["https://example.org/a,b;c"]),
    },
)
FORMS = st.sampled_from([Form.CARD3, Form.CARD4])
PROPERTIES = {
    "BEGIN",
    "VERSION",
    "KIND",
    "PRODID",
    "UID",
    "FN",
    "N",
    "NICKNAME",
    "PHOTO",
    "EMAIL",
    "TEL",
    "BDAY",
} | {"ADR", "X-ABLabel", "ORG", "TITLE", "GENDER", "URL", "END"}


def told(text: str) -> str:
    """Return what a reader that cleans its texts finds of one: breaks are line feeds, controls are gone."""
    return clean(re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", text).replace("\ufffe", "").replace("\uffff", ""))


def few(texts: list[str]) -> list[str]:
    """Return what is found of several: each that says something, once."""
    return list(dict.fromkeys(filter(None, map(told, texts))))


def expected(values: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """Return the values that our reader of vCards finds in a card of these."""
    name = values["name"]
    given_name, family = told(name.get("given", "")), told(name.get("family", ""))
    if not (escape(name.get("given", "")) or escape(name.get("family", ""))):
        given_name = told(name["full"])
    found: dict[str, Any] = {"name": {"full": told(name["full"]), "given": given_name, "family": family}}
    found["email"], found["phone"] = few(values.get("email", [])), few(values.get("phone", []))
    found |= {key: values[key] for key in ("birthday", "websites", "photo") if key in values}
    # Where somebody lives goes before where somebody comes from, for it is marked as the home.
    town = told(values.get("city", {}).get("name", "")) or told(values.get("hometown", {}).get("name", ""))
    found["city"] = {"name": town} if town else None
    work = [each for each in values.get("work", []) if "to" not in each][:1]
    found["work"] = [
        {"employer": told(each["employer"]), "title": told(each.get("title", ""))}
        for each in work
        if told(each["employer"])
    ]
    found["gender"] = told(values.get("gender", "")) if form is Form.CARD4 else ""
    return cast("dict[str, Any]", without_empty(found))


def without_empty(value: Any) -> Any:  # noqa: ANN401 # Any shape that JSON has.
    """Return a value without what is empty in it."""
    if isinstance(value, dict):
        return {key: without_empty(each) for key, each in value.items() if each}
    return [without_empty(each) for each in value] if isinstance(value, list) else value


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(VALUES, FORMS)
def test_a_reader_finds_what_was_written(tmp_path: Path, values: dict[str, Any], form: Form) -> None:
    """Whatever the texts, the importer of vCards reads from a card what was told in it."""
    text = slice_card(render_card(values), 1, ALL_FIELDS, form)
    assert text is not None
    path = tmp_path / "a.vcf"
    path.write_bytes(plain_card(text))
    (person,) = VCardPeople(path, 1).persons()
    assert person.values == expected(values, form)


@settings(max_examples=400, deadline=None)
@given(VALUES, FORMS)
def test_no_text_makes_a_line(values: dict[str, Any], form: Form) -> None:
    """XML carries every card, no line is over 75 octets or splits a character, each is a property of ours."""
    text = slice_card(render_card(values), 1, ALL_FIELDS, form)
    assert text is not None
    card = ET.fromstring(b"<a>%b</a>" % text).text or ""  # noqa: S314 # Our own text: no hostile document.
    assert card.encode() == plain_card(text)
    raw_lines = plain_card(text).split(b"\r\n")
    assert raw_lines.pop() == b""
    assert all(line.decode() and len(line) <= MAX_LINE_BYTES for line in raw_lines)
    unfolded = card.replace("\r\n ", "").split("\r\n")[:-1]
    # Readers that split where Python does find the same lines.
    assert unfolded == card.replace("\r\n ", "").splitlines()
    names = [re.split("[;:]", line)[0].removeprefix("item1.") for line in unfolded]
    assert set(names) <= PROPERTIES
    assert (names[:2], names[-1], names.count("BEGIN"), names.count("FN")) == (
        ["BEGIN", "VERSION"],
        "END",
        1,
        1,
    )


def test_a_network_of_invented_people_is_read_back(tmp_path: Path) -> None:
    """Cards of many scripts, one after another in one file, are the people that they were made of."""
    people = list(GeneratedPeople(persons=300, seed=7).persons())
    for form in (Form.CARD3, Form.CARD4):
        cards = (slice_card(render_card(each.values), 1, ALL_FIELDS, form) for each in people)
        path = tmp_path / f"{form.value}.vcf"
        path.write_bytes(b"".join(plain_card(card) for card in cards if card))
        found = [person.values for person in VCardPeople(path, 1).persons()]
        assert found == [expected(each.values, form) for each in people]


@pytest.mark.parametrize("letter", ["a", "é", "漢", "😀"])
def test_folding_of_every_length(letter: str) -> None:
    """Of any length and any width of characters, a line unfolds to itself, and 75 octets are not folded."""
    for length in range(200):
        line = "X:" + "x" * (length % 4) + letter * length
        raw_lines = decode_xml(encode_lines(f"{line}\n")).split(b"\r\n")
        assert raw_lines.pop() == b""
        assert (
            "".join(each.decode() for each in raw_lines[:1])
            + "".join(each.decode()[1:] for each in raw_lines[1:])
            == line
        )
        assert all(len(each) <= MAX_LINE_BYTES for each in raw_lines)
        assert all(each[:1] == b" " for each in raw_lines[1:])
        # No piece is shorter than it has to be.
        assert all(len(each) > MAX_LINE_BYTES - len(letter.encode()) for each in raw_lines[:-1])


def test_a_mark_between_parts_is_no_part_of_a_line() -> None:
    """A line of 75 octets behind a mark stays whole, a longer one is folded after 75 of its own."""
    whole = "N" * MAX_LINE_BYTES
    assert encode_lines(f"\0{whole}\n\0") == f"\0{whole}&#13;\n\0".encode()
    assert encode_lines(f"\0{whole}N\n\0") == f"\0{whole}&#13;\n N&#13;\n\0".encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a\\n,b;c:d", "a\\\\n\\,b\\;c:d"),
        ("a\r\nb\rc\nd\x85e\u2028f\u2029g", "a\\nb\\nc\\nd\\ne\\nf\\ng"),
        ("a\x00\x0b\x1f\x7f\x9f\ud800\ufffeb\tc", "ab\tc"),
        ("<&>\"'", "<&>\"'"),
    ],
)
def test_escaping(text: str, value: str) -> None:
    """What is special is escaped, a break is one however it is written, and other controls are dropped."""
    assert escape(text) == value


def test_escaping_of_addresses() -> None:
    """Commas and semicolons are an address's own; white space and controls are in none."""
    assert (
        escape_uri("https://a.example/b,c;d\\e\r\nTEL:+1\u2028\ud800") == "https://a.example/b,c;d%5CeTEL:+1"
    )
