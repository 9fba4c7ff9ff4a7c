"""Entries of changes: partner affairs in clear, persons' affairs behind a commitment.

Every change has a random id. Its entry carries it, and so does the "in effect" entry that follows
once no answer can rest on the older facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bailment.ledger import cbor
from bailment.ledger.commitment import commit_items, encode_items, encode_opening
from bailment.ledger.entry import Entry, encode_entry
from bailment.model.disclosure import EntryDraft
from bailment.seal.detail import seal_detail
from bailment.seal.secret import random_bytes

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """What a change appends: its own entry, and the bytes of its "in effect" entry."""

    draft: EntryDraft
    in_effect: bytes


def in_clear(kind: str, now: int, fields: Mapping[str, cbor.Value]) -> ChangeRecord:
    """Return the record of a partner affair, which the public register shows."""
    change = random_bytes(16)
    raw = encode_entry(Entry(kind, {"change": change, "at": now, **fields}))
    return ChangeRecord(EntryDraft(raw), _in_effect(change, now))


def behind_commitment(
    kind: str, now: int, person_id: int, person_key: bytes, details: Mapping[str, cbor.Value]
) -> ChangeRecord:
    """Return the record of a person's affair; the details open with the person's key."""
    change, salt = random_bytes(16), random_bytes(32)
    full = {**details, "at": now, "person": person_id}
    items = encode_items(full)
    commitment = commit_items(items, salt)
    raw = encode_entry(Entry(kind, {"change": change, "minute": now // MINUTE_MS, "commitment": commitment}))
    sealed = seal_detail(person_key, commitment, encode_opening(items, salt))
    return ChangeRecord(EntryDraft(raw, commitment, person_id, sealed), _in_effect(change, now))


def _in_effect(change: bytes, now: int) -> bytes:
    return encode_entry(Entry("in-effect", {"change": change, "minute": now // MINUTE_MS}))
