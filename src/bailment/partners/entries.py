"""Entries of changes: partner affairs in clear, persons' affairs behind a commitment.

Every change has a random id. Its entry carries it, and so does the "in effect" entry that follows
once no answer can rest on the older facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bailment.ledger import cbor
from bailment.ledger.commitment import commit_items, encode_items, encode_opening
from bailment.ledger.entry import Entry, encode_entry
from bailment.model.disclosure import EntryDraft
from bailment.model.fields import names_of
from bailment.model.operators import Signature
from bailment.model.people import PLATFORM_ID
from bailment.model.programme import Consent, Grant
from bailment.partners.ports import PersonKeys
from bailment.seal.detail import seal_detail
from bailment.seal.secret import random_bytes

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """What a change appends: its own entry, and the bytes of its "in effect" entry; `change` is its id."""

    draft: EntryDraft
    in_effect: bytes
    change: bytes


def in_clear(kind: str, now: int, fields: Mapping[str, cbor.Value]) -> ChangeRecord:
    """Return the record of a partner affair, which the public register shows."""
    change = random_bytes(16)
    raw = encode_entry(Entry(kind, {"change": change, "at": now, **fields}))
    return ChangeRecord(EntryDraft(raw), _in_effect(change, now), change)


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
    return ChangeRecord(EntryDraft(raw, commitment, person_id, sealed), _in_effect(change, now), change)


async def in_clear_of_person(
    kind: str,
    keys: PersonKeys,
    person_id: int,
    now: int,
    fields: Mapping[str, cbor.Value],
    details: Mapping[str, cbor.Value],
) -> ChangeRecord:
    """Return the record of an affair in clear; what in it is about a person opens with that person's key."""
    change, salt = random_bytes(16), random_bytes(32)
    items = encode_items({**details, "at": now, "person": person_id})
    commitment = commit_items(items, salt)
    raw = encode_entry(Entry(kind, {"change": change, "at": now, **fields, "commitment": commitment}))
    key = (await keys.keys((person_id,)))[person_id]
    sealed = seal_detail(key, commitment, encode_opening(items, salt))
    return ChangeRecord(EntryDraft(raw, commitment, person_id, sealed), _in_effect(change, now), change)


async def confidential_record(
    kind: str, keys: PersonKeys, now: int, details: Mapping[str, cbor.Value]
) -> ChangeRecord:
    """Return the record of an affair of which the public sees that it happened, and nothing else.

    Hits, views by staff and operators' names are such. The details open with the platform's own key.
    """
    change, salt = random_bytes(16), random_bytes(32)
    items = encode_items({**details, "at": now})
    commitment = commit_items(items, salt)
    raw = encode_entry(Entry(kind, {"change": change, "minute": now // MINUTE_MS, "commitment": commitment}))
    sealed = await _seal(keys, commitment, encode_opening(items, salt))
    return ChangeRecord(EntryDraft(raw, commitment, PLATFORM_ID, sealed), _in_effect(change, now), change)


async def signed_by(
    record: ChangeRecord, keys: PersonKeys, now: int, signatures: Sequence[Signature]
) -> EntryDraft:
    """Return the entry beside a change in clear that says how many signed it; who and why is committed to."""
    salt = random_bytes(32)
    names: list[cbor.Value] = [
        {"operator": each.operator_id, "at": each.at, "reason": each.reason} for each in signatures
    ]
    items = encode_items({"at": now, "signatures": names})
    commitment = commit_items(items, salt)
    fields: dict[str, cbor.Value] = {
        "change": record.change,
        "minute": now // MINUTE_MS,
        "signers": len(signatures),
        "commitment": commitment,
    }
    sealed = await _seal(keys, commitment, encode_opening(items, salt))
    return EntryDraft(encode_entry(Entry("decision.signed", fields)), commitment, PLATFORM_ID, sealed)


async def _seal(keys: PersonKeys, commitment: bytes, opening: bytes) -> bytes:
    key = (await keys.keys((PLATFORM_ID,)))[PLATFORM_ID]
    return seal_detail(key, commitment, opening)


def beside(record: ChangeRecord, kind: str, now: int, fields: Mapping[str, cbor.Value]) -> EntryDraft:
    """Return a further entry in clear of the same change: both are in effect at once."""
    return EntryDraft(encode_entry(Entry(kind, {"change": record.change, "at": now, **fields})))


async def personal_record(
    kind: str, keys: PersonKeys, person_id: int, now: int, details: Mapping[str, cbor.Value]
) -> ChangeRecord:
    """Return the record of a person's affair under that person's key."""
    key = (await keys.keys((person_id,)))[person_id]
    return behind_commitment(kind, now, person_id, key, details)


def grant_details(grant: Grant) -> dict[str, cbor.Value]:
    """Return what the entry of a given or amended grant commits to; the device's name is not in it."""
    return {
        "grant": grant.grant_id,
        "integration": grant.integration_id,
        "country": grant.country,
        "consents": consents_in_entry(grant.consents),
        "until": grant.until,
        "client": grant.client_id or None,
        "build": grant.build,
    }


def consents_in_entry(consents: Iterable[Consent]) -> list[cbor.Value]:
    """Return consents as an entry spells them."""
    return [
        {
            "purpose": consent.purpose,
            "self": names_of(consent.self_mask),
            "friends": names_of(consent.friend_mask),
            **({"writes": names_of(consent.write_mask)} if consent.write_mask else {}),
        }
        for consent in consents
    ]


def _in_effect(change: bytes, now: int) -> bytes:
    return encode_entry(Entry("in-effect", {"change": change, "minute": now // MINUTE_MS}))
