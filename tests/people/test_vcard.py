"""The vCard importer."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.people import JsonValue
from bailment.people import vcard as module
from bailment.people import vcard_lines
from bailment.people.render import render
from bailment.people.vcard import VCardPeople


def _card(*lines: str, version: str = "3.0", end: str = "\r\n") -> bytes:
    """Write a card."""
    return end.join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


def _values(tmp_path: Path, *lines: str, version: str = "3.0") -> dict[str, JsonValue]:
    """Return the values of a card with these lines."""
    path = tmp_path / "a.vcf"
    path.write_bytes(_card(*lines, version=version))
    (person,) = VCardPeople(path, 1).persons()
    return dict(person.values)


def test_a_whole_card_is_read(tmp_path: Path) -> None:
    """Each property becomes its field; notes, relations and embedded pictures do not come over."""
    values = _values(
        tmp_path,
        "FN:Åsa Björk\\, Dr.",
        "N:Björk;Åsa;;Dr.;",
        "item1.EMAIL;TYPE=INTERNET,HOME:asa@example.org",
        "EMAIL:mailto:asa@example.org",
        "TEL;VALUE=uri:tel:+999000000001",
        "BDAY:19840229",
        "ORG:Harbour\\; Vale;Freight",
        "TITLE:Chief",
        "ADR;TYPE=work:;;Way 1;Lund;;1;SE",
        "ADR;TYPE=home:;;Way 2;Mal",
        " mö;;2;SE",
        "URL:https\\://example.org/a\\,b",
        "GENDER:O;agender",
        "LANG:sv",
        "NOTE:owes me a book",
        "RELATED;TYPE=spouse:Somebody",
        "PHOTO;ENCODING=b;TYPE=JPEG:AAAA",
        "PHOTO;VALUE=uri:https://photos.example.org/a.jpg",
        version="4.0",
    )
    assert values == {
        "name": {"full": "Åsa Björk, Dr.", "given": "Åsa", "family": "Björk"},
        "photo": {"url": "https://photos.example.org/a.jpg"},
        "email": ["asa@example.org"],
        "phone": ["+999000000001"],
        "birthday": "1984-02-29",
        "city": {"name": "Malmö"},
        "work": [{"employer": "Harbour; Vale", "title": "Chief"}],
        "gender": "agender",
        "languages": ["sv"],
        "websites": ["https://example.org/a,b"],
    }


@pytest.mark.parametrize(
    ("line", "birthday"),
    [
        ("BDAY:1984-02-29", "1984-02-29"),
        ("BDAY:19840229T000000Z", "1984-02-29"),
        ("BDAY:--0229", "--02-29"),
        ("BDAY:--02-29", "--02-29"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", "--02-29"),
        ("BDAY;VALUE=date;X-APPLE-OMIT-YEAR=1604:1984-02-28", "1984-02-28"),
        ("BDAY;VALUE=text:circa 1800", None),
        ("BDAY:1984", None),
        ("BDAY:1984-02", None),
        ("BDAY:---12", None),
        ("BDAY:", None),
    ],
)
def test_birthdays_in_every_form(tmp_path: Path, line: str, birthday: str | None) -> None:
    """Whole dates and dates without a year are taken; partial ones and words are left out."""
    assert _values(tmp_path, "FN:A", line).get("birthday") == birthday


def test_cards_of_phones_are_read(tmp_path: Path) -> None:
    """Quoted-printable with soft line breaks, and other charsets, are decoded."""
    values = _values(
        tmp_path,
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BC=",
        "rgen",
        "TEL;CELL:+999 1",
        "PHOTO;JPEG;BASE64:////",
        " ////",
        "",
        version="2.1",
    )
    assert values == {
        "name": {"full": "Jürgen Müller", "given": "Jürgen", "family": "Müller"},
        "phone": ["+999 1"],
    }
    path = tmp_path / "latin.vcf"
    path.write_bytes(_card("FN;CHARSET=ISO-8859-1:Jürgen").decode().encode("latin-1"))
    (person,) = VCardPeople(path, 1).persons()
    assert person.values == {"name": {"full": "Jürgen"}}


def test_a_name_is_made_up_where_fn_is_empty(tmp_path: Path) -> None:
    """A company's card has its name; a card without any has none, and is a person still."""
    assert _values(tmp_path, "FN:", "N:;;;;", "ORG:Tindra;")["name"] == {"full": "Tindra"}
    assert _values(tmp_path, "TEL:1") == {"phone": ["1"]}


def test_a_folder_of_cards_with_an_owner(tmp_path: Path) -> None:
    """Files are read in order of name; groups are no persons; the owner knows everyone."""
    (tmp_path / "b.vcf").write_bytes(_card("FN:B") + _card("FN:G", "KIND:group", version="4.0"))
    (tmp_path / "a.vcf").write_bytes(b"\xef\xbb\xbf" + _card("FN:A", end="\n") + _card("FN:Á"))
    (tmp_path / "note.txt").write_text("no card")
    alone = VCardPeople(tmp_path, 10)
    assert [(p.person_id, p.values) for p in alone.persons()] == [
        (10, {"name": {"full": "A"}}),
        (11, {"name": {"full": "Á"}}),
        (12, {"name": {"full": "B"}}),
    ]
    assert list(alone.friendships()) == []
    since = "2020-01-01T00:00:00.000Z"
    owned = VCardPeople(tmp_path, 10, owner=True, since=since)
    assert list(owned.friendships()) == [(10, 11, since), (10, 12, since)]


def test_embedded_pictures_cost_nothing(tmp_path: Path) -> None:
    """A picture larger than a property may be is passed over."""
    lines = [" " + "A" * 74] * 20_000
    assert _values(tmp_path, "FN:A", "PHOTO;ENCODING=b:AAAA", *lines) == {"name": {"full": "A"}}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Zoe\n", 1),
        (b"FN:Zoe\n", 1),
        (_card("FN:Zoe", version="5.0"), 1),
        (_card("FN:Zoe", "BEGIN:VCARD"), 4),
        (_card("FN:Zoe", "BDAY:1984-02-30"), 4),
        (_card("FN:Zoe", "BDAY:Tuesday"), 4),
        (_card("FN:Zoe", "no colon"), 4),
        (_card("FN;CHARSET=KLINGON:Zoe"), 3),
        (_card("FN:Zo") + b"\xff", 5),
        (_card("FN:Zoe").replace(b"Zoe", b"Zo\xeb"), 3),
        (_card("FN:" + "Z" * 501), 1),
        ("BEGIN:VCARD".encode("utf-16"), 1),
        (b"BEGIN:VEVENT\n", 1),
    ],
)
def test_bad_cards_are_reported_with_file_and_line(tmp_path: Path, content: bytes, line: int) -> None:
    """Every fault is Malformed at its line, and the message holds none of the card."""
    path = tmp_path / "a.vcf"
    path.write_bytes(content)
    with pytest.raises(Malformed) as caught:
        list(VCardPeople(path, 1).persons())
    assert caught.value.where == f"a.vcf:{line}"
    assert "Zo" not in str(caught.value)


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A property without end, and a card of too many properties, are refused."""
    path = tmp_path / "a.vcf"
    path.write_bytes(_card("FN:A", "EMAIL:a", "EMAIL:b"))
    monkeypatch.setattr(module, "MAX_PROPERTIES", 3)
    with pytest.raises(Malformed, match="too many"):
        list(VCardPeople(path, 1).persons())
    monkeypatch.setattr(vcard_lines, "MAX_LINE_BYTES", 12)
    path.write_bytes(_card("FN:" + "a" * 10))
    with pytest.raises(Malformed, match="too long"):
        list(VCardPeople(path, 1).persons())


def test_a_folder_without_cards_is_malformed(tmp_path: Path) -> None:
    """There is something to import, or an error."""
    with pytest.raises(Malformed):
        VCardPeople(tmp_path, 1)


LINE = st.one_of(
    st.sampled_from(
        ["BEGIN:VCARD", "END:VCARD", "VERSION:3.0", "BDAY:--0229", "N:;;", " folded", "ADR:;", "ORG"]
    ),
    st.from_regex(r"\A(FN|BDAY|TEL|URL|GENDER)(;[A-Z]{1,3}(=\"?[a-z:;,]{0,3}\"?)?)?:[\x20-\xff\\;,=]{0,8}\Z"),
    st.text(max_size=8),
)
CONTENT = st.lists(LINE, max_size=8).map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    CONTENT.map(lambda c: b"BEGIN:VCARD\nVERSION:3.0\n" + c + b"\nEND:VCARD")
    | st.binary(max_size=80)
    | CONTENT
)
def test_only_malformed_comes_out_of_cards(tmp_path: Path, content: bytes) -> None:
    """Whatever a file holds, the import is whole or Malformed."""
    path = tmp_path / "a.vcf"
    path.write_bytes(content)
    try:
        for person in VCardPeople(path, 1, owner=True).persons():
            render(person.values)
    except Malformed:
        return
