"""Entries are exactly what their table says."""

import re

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger.cbor import Value
from bailment.ledger.entry import (
    CHANGE,
    COUNT,
    COUNTRY,
    DIGEST,
    KINDS,
    MAYBE_DIGEST,
    MAYBE_TEXT,
    MINUTE,
    MS,
    TERMS,
    TERMS_FIELDS,
    TEXT,
    TEXTS,
    USES,
    Entry,
    EntryReader,
    FieldType,
    Shape,
    disclosure_template,
    encode_entry,
    parse_entry,
)
from bailment.model.errors import Malformed
from tests.ledger.samples import CONFIDENTIAL, PERSONAL, admitted, disclosure

_count = st.integers(0, (1 << 63) - 1)
_SAMPLES: dict[FieldType, st.SearchStrategy[Value]] = {
    TEXT: st.text(max_size=20),
    TEXTS: st.lists(st.text(max_size=8), max_size=3),
    COUNTRY: st.sampled_from(["US", "CN", "DE"]),
    COUNT: _count,
    MS: _count,
    MINUTE: _count,
    CHANGE: st.binary(min_size=16, max_size=16),
    DIGEST: st.binary(min_size=32, max_size=32),
    MAYBE_TEXT: st.none() | st.text(max_size=20),
    MAYBE_DIGEST: st.none() | st.binary(min_size=32, max_size=32),
    USES: st.lists(
        st.fixed_dictionaries({name: st.text(max_size=8) for name in ("field", "ring", "purpose", "reason")}),
        max_size=2,
    ),
}


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw an entry of any kind."""
    samples = dict(_SAMPLES)
    terms = st.fixed_dictionaries({name: samples[spec] for name, spec in TERMS_FIELDS.items()})
    samples[TERMS] = terms.map(dict[str, Value])
    kind = draw(st.sampled_from(sorted(KINDS)))
    return Entry(kind, {name: draw(samples[spec]) for name, spec in KINDS[kind].items()})


@given(entries())
def test_round_trip(entry: Entry) -> None:
    """Every kind parses back, and its bytes are one deterministic CBOR map."""
    raw = encode_entry(entry)
    assert parse_entry(raw) == entry
    assert raw == cbor2.dumps({"v": 1, "kind": entry.kind, **entry.fields}, canonical=True)


@given(entries(), st.data())
def test_fields_are_exact(entry: Entry, data: st.DataObject) -> None:
    """A missing field, an unknown one and one of a wrong type are malformed."""
    name = data.draw(st.sampled_from(sorted(entry.fields)))
    fewer = {key: value for key, value in entry.fields.items() if key != name}
    for fields in (fewer, {**entry.fields, "more": 1}, {**entry.fields, name: True}):
        with pytest.raises(Malformed):
            encode_entry(Entry(entry.kind, fields))
        with pytest.raises(Malformed):
            parse_entry(cbor2.dumps({"v": 1, "kind": entry.kind, **fields}, canonical=True))


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"v": 2, "kind": "hold.lifted", "change": bytes(16), "at": 1, "partner": "acme", "cause": "operator"},
        {
            "v": True,
            "kind": "hold.lifted",
            "change": bytes(16),
            "at": 1,
            "partner": "acme",
            "cause": "operator",
        },
        {"v": 1, "kind": "hold.lift", "change": bytes(16), "at": 1, "partner": "acme", "cause": "operator"},
        {"v": 1, "kind": 1, "change": bytes(16), "at": 1, "partner": "acme", "cause": "operator"},
        {"v": 1, "kind": "hold.lifted", "change": bytes(15), "at": 1, "partner": "acme", "cause": "operator"},
        {
            "v": 1,
            "kind": "hold.lifted",
            "change": bytes(16),
            "at": -1,
            "partner": "acme",
            "cause": "operator",
        },
        {
            "v": 1,
            "kind": "hold.lifted",
            "change": bytes(16),
            "at": 1 << 63,
            "partner": "acme",
            "cause": "operator",
        },
    ],
)
def test_refuses(value: object) -> None:
    """Another version, an unknown kind and values out of range are malformed."""
    with pytest.raises(Malformed):
        parse_entry(cbor2.dumps(value, canonical=True))


def test_refuses_an_entry_that_no_bundle_can_hold() -> None:
    """An entry above 65,535 bytes is malformed both ways."""
    fields: dict[str, Value] = {"change": bytes(16), "at": 1, "partner": "a" * 65_536, "cause": "operator"}
    with pytest.raises(Malformed):
        encode_entry(Entry("hold.lifted", fields))
    with pytest.raises(Malformed):
        parse_entry(cbor2.dumps({"v": 1, "kind": "hold.lifted", **fields}, canonical=True))


@given(
    st.text(max_size=300), st.text(max_size=30), st.integers(1 << 16, (1 << 32) - 1), st.binary(max_size=40)
)
def test_a_template_gives_the_same_bytes(partner: str, purpose: str, minute: int, commitment: bytes) -> None:
    """A disclosure from a template is byte for byte the one that is encoded whole."""
    commitment = commitment.ljust(32, b"\x00")[:32]
    whole = disclosure(partner=partner, purpose=purpose, minute=minute, commitment=commitment)
    common = {
        name: value
        for name, value in parse_entry(whole).fields.items()
        if name not in {"minute", "commitment"}
    }
    assert disclosure_template(common).encode(minute, commitment) == whole


def test_a_template_refuses_what_it_cannot_hold() -> None:
    """A minute outside four bytes, a short commitment and missing fields are malformed."""
    fields = dict(parse_entry(disclosure()).fields)
    del fields["minute"], fields["commitment"]
    template = disclosure_template(fields)
    for minute, commitment in ((65_535, bytes(32)), (1 << 32, bytes(32)), (1 << 20, bytes(31))):
        with pytest.raises(Malformed):
            template.encode(minute, commitment)
    del fields["custody"]
    with pytest.raises(Malformed):
        disclosure_template(fields)


def test_a_reader_knows_disclosures_again() -> None:
    """The second disclosure of a shape is told by its shape and minute alone."""
    reader = EntryReader()
    first = reader.read(disclosure(1))
    second = reader.read(disclosure(250))
    assert isinstance(first, Entry)
    assert isinstance(second, tuple)
    assert isinstance(second[0], Shape)
    assert second[1] == first.fields["minute"] + 2  # type: ignore[operator]  # It is an integer.


@given(st.binary(max_size=120), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3))
def test_a_reader_is_as_strict_as_the_parser(noise: bytes, edits: list[tuple[int, int]]) -> None:
    """Whatever is done to the bytes of a known disclosure, reader and parser agree."""
    reader = EntryReader()
    reader.read(disclosure())
    damaged = bytearray(disclosure(7))
    for at, value in edits:
        damaged[at % len(damaged)] = value
    for raw in (noise, bytes(damaged), bytes(damaged[: len(noise)]), bytes(damaged) + noise):
        try:
            expected = parse_entry(raw)
        except Malformed:
            with pytest.raises(Malformed):
                reader.read(raw)
            continue
        read = reader.read(raw)
        if isinstance(read, Entry):
            assert read == expected
        else:
            assert {**read[0].fields, "minute": read[1]} == {
                name: value for name, value in expected.fields.items() if name != "commitment"
            }


def test_a_partner_cannot_confuse_the_reader() -> None:
    """A name that looks like the mark before a commitment only costs the shortcut."""
    reader = EntryReader()
    for number in range(3):
        read = reader.read(disclosure(number, partner="jcommitmentX " + "x" * 40))
        assert isinstance(read, Entry)


def test_a_disclosure_hides_the_device() -> None:
    """Two disclosures show nothing but facts of the partner's side, a minute and a commitment."""
    assert set(KINDS["disclosure"]) == {
        *("minute", "partner", "agreement", "integration", "build"),
        *("build_evidence", "purpose", "custody", "commitment"),
    }


def test_a_persons_affair_shows_a_minute_and_a_commitment() -> None:
    """Which kinds these are: what a person does, what is about one person's grant, hits, and staff."""
    hidden = {kind for kind, fields in KINDS.items() if set(fields) == {"change", "minute", "commitment"}}
    assert hidden == {*PERSONAL, *CONFIDENTIAL}


def test_every_claim_about_a_build_says_on_what_evidence() -> None:
    """Who names a build as what ran on a device names the evidence beside it."""
    claims = {kind for kind, fields in KINDS.items() if "build" in fields and "change" not in fields}
    assert claims == {"disclosure", "refusal", "write"}
    assert all("build_evidence" in KINDS[kind] for kind in claims)


def test_kinds_are_named_alike() -> None:
    """Kinds are lower-case words: a thing and what became of it."""
    assert all(re.fullmatch(r"[a-z]+([.-][a-z]+)?", kind) for kind in KINDS)
    assert all(parse_entry(raw).kind in KINDS for raw in admitted())
