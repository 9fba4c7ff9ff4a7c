"""Entries: what stands in the ledger, in clear or behind a commitment.

An entry is one deterministic CBOR map with "v": 1, "kind" and exactly the fields of its kind. The
table `KINDS` is the whole format; a later kind is one line in it. Kinds about a person or device
show a minute and a commitment and nothing that could link two entries of one device.

`DisclosureTemplate` writes, and `EntryReader` reads, the kind that comes by the million.

Source: design.md, decision 3; RFC 8949 section 4.2.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from bailment.ledger import cbor
from bailment.ledger.cbor import Value
from bailment.model.errors import Malformed

VERSION = 1
MAX_ENTRY_BYTES = 65_535
_MAX_INT = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class FieldType:
    """What a field may hold: a name for messages and a test."""

    name: str
    holds: Callable[[Value], bool]


def is_text_list(value: Value) -> TypeGuard[list[str]]:
    """Say whether a value is an array of texts."""
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _is_count(value: Value) -> bool:
    return type(value) is int and 0 <= value <= _MAX_INT


def _is_country(value: Value) -> bool:
    """An ISO 3166-1 alpha-2 code."""
    return isinstance(value, str) and len(value) == 2 and value.isascii() and value.isupper()


def _bytes(length: int) -> FieldType:
    return FieldType(f"{length} bytes", lambda value: isinstance(value, bytes) and len(value) == length)


def _map_of(fields: Mapping[str, FieldType], further: Mapping[str, FieldType]) -> FieldType:
    """Return the type of a map with all of `fields`, and any of `further`."""

    def holds(value: Value) -> bool:
        if not isinstance(value, Mapping):
            return False
        there = {name: spec for name, spec in further.items() if name in value}
        return _fits(value, {**fields, **there})

    return FieldType("a map", holds)


def _fits(value: Mapping[str, Value], fields: Mapping[str, FieldType]) -> bool:
    return value.keys() == fields.keys() and all(spec.holds(value[name]) for name, spec in fields.items())


TEXT = FieldType("text", lambda value: isinstance(value, str))
TEXTS = FieldType("an array of texts", is_text_list)
COUNTRY = FieldType("a country code", _is_country)
COUNT = FieldType("an integer from 0 to 2^63 - 1", _is_count)
MS = FieldType("milliseconds since 1970", _is_count)
MINUTE = FieldType("minutes since 1970", _is_count)
CHANGE = _bytes(16)
DIGEST = _bytes(32)
MAYBE_TEXT = FieldType("text or null", lambda value: value is None or TEXT.holds(value))
MAYBE_DIGEST = FieldType("32 bytes or null", lambda value: value is None or DIGEST.holds(value))
TRUE = FieldType("true", lambda value: value is True)
_USE_FIELDS: Mapping[str, FieldType] = {"field": TEXT, "ring": TEXT, "purpose": TEXT, "reason": TEXT}
USES = FieldType(
    "an array of uses",
    lambda value: (
        isinstance(value, (list, tuple))
        and all(isinstance(use, Mapping) and _fits(use, _USE_FIELDS) for use in value)
    ),
)
TERMS_FIELDS: Mapping[str, FieldType] = {
    "self": TEXTS,
    "friends": TEXTS,
    "purposes": TEXTS,
    "partner_countries": TEXTS,
    "device_countries": TEXTS,
    "custody": TEXT,
    "retention_days": COUNT,
    "uses": USES,
    "from": MS,
    "until": MS,
}
# Terms say these only where they allow something: entries from before there were any stay good.
TERMS_FURTHER: Mapping[str, FieldType] = {"writes": TEXTS, "secrets": TRUE}
TERMS = _map_of(TERMS_FIELDS, TERMS_FURTHER)

_CLEAR = {"change": CHANGE, "at": MS}
_BUILD = {**_CLEAR, "partner": TEXT, "integration": TEXT, "build": DIGEST, "version": TEXT}
_HIDDEN = {"change": CHANGE, "minute": MINUTE, "commitment": DIGEST}

KINDS: Mapping[str, Mapping[str, FieldType]] = {
    "partner.added": {
        **_CLEAR, "partner": TEXT, "name": TEXT, "country": COUNTRY, "owner_countries": TEXTS,
    },
    "integration.added": {**_CLEAR, "partner": TEXT, "integration": TEXT, "name": TEXT},
    "integration.opened": {
        **_CLEAR, "partner": TEXT, "integration": TEXT, "build": DIGEST, "purpose": TEXT,
    },
    "integration.closed": {**_CLEAR, "partner": TEXT, "integration": TEXT},
    "agreement.signed": {**_CLEAR, "partner": TEXT, "agreement": COUNT, "terms": TERMS},
    "agreement.ended": {**_CLEAR, "partner": TEXT, "agreement": COUNT},
    "build.approved": _BUILD,
    "build.withdrawn": _BUILD,
    "hold.placed": {**_CLEAR, "partner": TEXT, "cause": TEXT, "reason": TEXT},
    "hold.lifted": {**_CLEAR, "partner": TEXT, "cause": TEXT},
    "operator.changed": _HIDDEN,
    "details.viewed": _HIDDEN,
    "decision.signed": {**_HIDDEN, "signers": COUNT},
    "partner.grouped": {**_CLEAR, "partner": TEXT, "group": TEXT},
    "admission.filed": {**_CLEAR, "partner": TEXT, "revision": COUNT, "commitment": DIGEST},
    "admission.decided": {
        **_CLEAR, "partner": TEXT, "revision": COUNT, "decision": TEXT, "reason": TEXT,
    },
    "list.imported": {**_CLEAR, "list": TEXT, "digest": DIGEST, "published": TEXT, "records": COUNT},
    "rule.set": {**_CLEAR, "rule": TEXT, "from": TEXT, "until": TEXT, "document": TEXT},
    "partners.screened": {
        **_CLEAR, "cause": TEXT, "basis": DIGEST, "partners": COUNT, "changed": COUNT, "root": DIGEST,
    },
    "screening.hit": _HIDDEN,
    "screening.decided": _HIDDEN,
    "appeal.filed": _HIDDEN,
    "appeal.decided": _HIDDEN,
    "agreement.asserted": {**_CLEAR, "partner": TEXT, "reference": TEXT, "source": TEXT, "terms": TERMS},
    "build.submitted": {**_BUILD, "statement": DIGEST},
    "build.refused": {**_BUILD, "reason": TEXT},
    "exemption.granted": {
        **_CLEAR, "exemption": TEXT, "partner": TEXT, "rule": TEXT, "reason": TEXT, "until": MS,
    },
    "exemption.ended": {**_CLEAR, "exemption": TEXT, "partner": TEXT},
    "certification.given": {
        **_CLEAR, "partner": TEXT, "agreement": COUNT, "purpose": TEXT, "categories": TEXTS, "until": MS,
    },
    "certification.missed": {
        **_CLEAR, "partner": TEXT, "agreement": COUNT, "purpose": TEXT, "categories": TEXTS,
    },
    "volume.reached": {**_CLEAR, "group": TEXT, "class": TEXT, "percent": COUNT},
    "volume.limited": {**_CLEAR, "partner": TEXT, "limited": COUNT},
    "winddown.planned": {
        **_CLEAR, "partner": TEXT, "agreement": COUNT, "reason": TEXT, "no_grants": MS, "no_tokens": MS,
        "read_only": MS, "closes": MS,
    },
    "winddown.step": {**_CLEAR, "partner": TEXT, "agreement": COUNT, "step": TEXT},
    "winddown.certified": {**_CLEAR, "partner": TEXT, "agreement": COUNT, "certificate": DIGEST},
    "notice.sent": _HIDDEN,
    "wipe.ordered": _HIDDEN,
    "wipe.acknowledged": _HIDDEN,
    "report.drafted": {**_CLEAR, "report": TEXT, "due": MS, "digest": DIGEST},
    "report.filed": {**_CLEAR, "report": TEXT, "digest": DIGEST},
    "withholding.switched": {**_CLEAR, "state": TEXT, "reason": TEXT},
    "withholding.ordered": {
        **_CLEAR, "order": TEXT, "country": COUNTRY, "item": TEXT, "issuer": TEXT, "basis": TEXT,
        "document": DIGEST, "until": MS, "commitment": DIGEST,
    },
    "withholding.lifted": {**_CLEAR, "order": TEXT, "cause": TEXT, "reason": TEXT},
    "withholding.lapsed": {**_CLEAR, "order": TEXT},
    "withholding.objected": {**_CLEAR, "order": TEXT, "text": TEXT},
    "withholding.appealed": {**_CLEAR, "order": TEXT, "commitment": DIGEST},
    "withholding.decided": {**_CLEAR, "order": TEXT, "decision": TEXT, "reason": TEXT},
    "people.imported": {**_CLEAR, "persons": COUNT, "friendships": COUNT, "source": TEXT},
    "device.enrolled": _HIDDEN,
    "device.removed": _HIDDEN,
    "grant.given": _HIDDEN,
    "grant.amended": _HIDDEN,
    "grant.narrowed": _HIDDEN,
    "grant.withdrawn": _HIDDEN,
    "token.revoked": _HIDDEN,
    "tokens.revoked": _HIDDEN,
    "audience.changed": _HIDDEN,
    "setting.changed": _HIDDEN,
    "in-effect": {"change": CHANGE, "minute": MINUTE},
    "disclosure": {
        "minute": MINUTE, "partner": TEXT, "agreement": COUNT, "integration": TEXT,
        "build": DIGEST, "build_evidence": TEXT, "purpose": TEXT, "custody": TEXT,
        "commitment": DIGEST,
    },
    "write": {
        "minute": MINUTE, "partner": TEXT, "agreement": COUNT, "integration": TEXT,
        "build": DIGEST, "build_evidence": TEXT, "purpose": TEXT, "custody": TEXT,
        "commitment": DIGEST,
    },
    "refusal": {
        "minute": MINUTE, "partner": TEXT, "integration": TEXT, "build": MAYBE_DIGEST,
        "build_evidence": MAYBE_TEXT, "rule": TEXT, "commitment": DIGEST,
    },
}  # fmt: skip
"""Every kind with its fields, "v" and "kind" apart."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind with exactly its fields."""

    kind: str
    fields: Mapping[str, Value]


def encode_entry(entry: Entry) -> bytes:
    """Encode an entry as it stands in the ledger.

    Raises:
        Malformed: an unknown kind, a field missing, unknown or of a wrong type, or above 65,535
            bytes.
    """
    _check(entry.kind, entry.fields)
    raw = cbor.encode({"v": VERSION, "kind": entry.kind, **entry.fields})
    if len(raw) > MAX_ENTRY_BYTES:
        raise Malformed("entry above 65,535 bytes")
    return raw


def parse_entry(raw: bytes) -> Entry:
    """Parse an entry, strictly.

    Raises:
        Malformed: not the deterministic encoding of an entry of a known kind.
    """
    value = cbor.decode(raw)
    if not isinstance(value, dict) or len(raw) > MAX_ENTRY_BYTES:
        raise Malformed("entry that is not a map, or is above 65,535 bytes")
    version, kind = value.pop("v", None), value.pop("kind", None)
    if type(version) is not int or version != VERSION or not isinstance(kind, str):
        raise Malformed("entry of an unknown version")
    _check(kind, value)
    return Entry(kind, value)


def _check(kind: str, fields: Mapping[str, Value]) -> None:
    """Check that fields are exactly those of a kind."""
    specs = KINDS.get(kind)
    if specs is None:
        raise Malformed("entry of an unknown kind")
    if fields.keys() != specs.keys():
        raise Malformed(f"{kind} without exactly its fields")
    for name, spec in specs.items():
        if not spec.holds(fields[name]):
            raise Malformed(f"{kind}: {name} is not {spec.name}")


_HEAD_BYTES = 67
"""Where the minute of a disclosure starts: all before it has a fixed length."""
_MINUTE_BYTES = 5
_COMMITMENT_BYTES = 32
_LEAST_MINUTE, _GREATEST_MINUTE = 1 << 16, (1 << 32) - 1
_MARK = cbor.encode("commitment") + b"\x58\x20"


@dataclass(frozen=True, slots=True)
class DisclosureTemplate:
    """A disclosure of which only the minute and the commitment are still open.

    The canonical order of its keys puts the fixed parts before, between and after these two, so
    that one entry costs one concatenation. Make it with `disclosure_template`.
    """

    head: bytes
    middle: bytes
    tail: bytes

    def encode(self, minute: int, commitment: bytes) -> bytes:
        """Return the entry for a minute (years 1970 to 10136) and a 32-byte commitment.

        Raises:
            Malformed: either is out of range.
        """
        if not _LEAST_MINUTE <= minute <= _GREATEST_MINUTE or len(commitment) != _COMMITMENT_BYTES:
            raise Malformed("minute or commitment out of range")
        number = b"\x1a" + minute.to_bytes(4, "big")
        return self.head + number + self.middle + commitment + self.tail


def disclosure_template(fields: Mapping[str, Value]) -> DisclosureTemplate:
    """Encode the fixed fields of a disclosure once: all but `minute` and `commitment`.

    Raises:
        Malformed: not exactly those fields, or of a wrong type.
    """
    hole = bytes(_COMMITMENT_BYTES)
    raw = encode_entry(Entry("disclosure", {**fields, "minute": _GREATEST_MINUTE, "commitment": hole}))
    # The commitment is followed by the last two fields alone, whose lengths are known.
    last = {name: fields[name] for name in ("integration", "build_evidence")}
    tail = cbor.encode(last)[1:]
    at = len(raw) - len(tail) - _COMMITMENT_BYTES
    return DisclosureTemplate(raw[:_HEAD_BYTES], raw[_HEAD_BYTES + _MINUTE_BYTES : at], tail)


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that many disclosures have in common: all but `minute` and `commitment`."""

    fields: Mapping[str, Value]


@dataclass(slots=True)
class EntryReader:
    """Parses entries; disclosures that differ only in minute and commitment it knows again.

    It is exactly as strict as `parse_entry`: a shape is remembered only after an entry of it was
    parsed and its template gave the same bytes, and then every other byte must be equal.
    """

    _shapes: dict[tuple[bytes, bytes, bytes], Shape] = field(default_factory=dict)

    def read(self, raw: bytes) -> Entry | tuple[Shape, int]:
        """Return the entry; for most disclosures its `Shape` and its minute instead.

        Raises:
            Malformed: as `parse_entry`.
        """
        at = raw.find(_MARK, _HEAD_BYTES + _MINUTE_BYTES) + len(_MARK)
        after = at + _COMMITMENT_BYTES
        key = (raw[:_HEAD_BYTES], raw[_HEAD_BYTES + _MINUTE_BYTES : at], raw[after:])
        minute = int.from_bytes(raw[_HEAD_BYTES + 1 : _HEAD_BYTES + _MINUTE_BYTES], "big")
        shape = self._shapes.get(key)
        if shape and raw[_HEAD_BYTES] == 0x1A and minute >= _LEAST_MINUTE and after <= len(raw):
            return shape, minute
        entry = parse_entry(raw)
        if entry.kind == "disclosure":
            self._remember(key, entry)
        return entry

    def _remember(self, key: tuple[bytes, bytes, bytes], entry: Entry) -> None:
        """Keep the shape of a disclosure if the bytes were cut where its template is."""
        common = {name: value for name, value in entry.fields.items() if name not in {"minute", "commitment"}}
        template = disclosure_template(common)
        if key == (template.head, template.middle, template.tail):
            self._shapes[key] = Shape(common)
