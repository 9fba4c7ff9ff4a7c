"""Lists as they are kept: which snapshot of each is in force, which waits, and their records.

The source's bytes and the packed records are blobs under their SHA-256, so any sweep can be repeated with
exactly the lists that it used.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bailment.model.errors import Conflict, Tampered
from bailment.model.operators import Signature
from bailment.model.screening import ListRecord, Snapshot
from bailment.partners.dossiers import DossierKind
from bailment.partners.leaves import open_partners, read_leaves
from bailment.partners.outcomes import OUTCOMES, ListUsed, spell_published
from bailment.partners.ports import ProgrammeTransaction
from bailment.screening.lists.packing import pack_records, split_records, unpack_records


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A snapshot: `digest` is its source's, `records` the blob of its records, `files` blobs by name.

    `published_time` is the time of day (UTC), like `13:00`, where it is known.
    """

    list_id: str
    format: str
    digest: str
    records: str
    files: dict[str, str]
    published_on: str
    imported_at: int
    rows: int
    names: int
    unknown_columns: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    loss: str = ""
    signatures: tuple[Signature, ...] = ()
    published_time: str = ""

    @property
    def published(self) -> str:
        """The date of publication, with its time where that is known."""
        return spell_published(self.published_on, self.published_time)


@dataclass(frozen=True, slots=True)
class ListFile:
    """One list: the snapshot in force, None before the first, and one that waits for acceptance, if any."""

    list_id: str
    in_force: SnapshotFile | None
    proposed: SnapshotFile | None = None


LISTS = DossierKind("list", ListFile)
"""One per list, by its id."""
SNAPSHOTS = DossierKind("list-snapshot", SnapshotFile)
"""Every snapshot that ever came into force, under LIST/DATE/DIGEST."""


def snapshot_key(snapshot: SnapshotFile) -> str:
    """Return the key of a snapshot in the history of its list."""
    return f"{snapshot.list_id}/{snapshot.published_on}/{snapshot.digest}"


async def lists_in_force(transaction: ProgrammeTransaction) -> dict[str, ListUsed]:
    """Return the lists that have a snapshot in force, by id."""
    found = [each.value for each in await LISTS.all(transaction)]
    return {
        each.list_id: ListUsed(
            each.in_force.digest,
            each.in_force.records,
            each.in_force.published_on,
            each.in_force.published_time,
        )
        for each in found
        if each.in_force is not None
    }


async def put_records(transaction: ProgrammeTransaction, packed: bytes) -> None:
    """Keep packed records under their digest."""
    await transaction.put_blob(hashlib.sha256(packed).digest(), packed)


async def records_of(transaction: ProgrammeTransaction, used: ListUsed) -> tuple[ListRecord, ...]:
    """Return the records of a list as a sweep used it.

    Raises:
        Tampered: they are gone, or not what was stored.
    """
    return unpack_records(await _packed(transaction, used))


async def pieces_of(transaction: ProgrammeTransaction, used: ListUsed) -> list[bytes]:
    """Return the records of a list as a sweep used it, each still packed (`packing.record_of`).

    Raises:
        Tampered: they are gone, or not what was stored.
    """
    return split_records(await _packed(transaction, used))


async def _packed(transaction: ProgrammeTransaction, used: ListUsed) -> bytes:
    packed = await transaction.blob(bytes.fromhex(used.records))
    if packed is None or hashlib.sha256(packed).hexdigest() != used.records:
        raise Tampered("the records of a list in force are gone or changed")
    return packed


async def snapshot_of(transaction: ProgrammeTransaction, kept: ListFile, digest: str) -> Snapshot:
    """Return a snapshot of a list that was in force, or is proposed, by its digest in hexadecimal.

    Raises:
        Conflict: there is none.
    """
    history = [each.value for each in await SNAPSHOTS.all(transaction, f"{kept.list_id}/")]
    known = [*history, *([kept.proposed] if kept.proposed is not None else [])]
    file = next((each for each in known if each.digest == digest), None)
    packed = None if file is None else await transaction.blob(bytes.fromhex(file.records))
    if file is None or packed is None:
        raise Conflict(f"there is no snapshot {digest} of list {kept.list_id}")
    records = unpack_records(packed)
    return Snapshot(file.list_id, file.format, bytes.fromhex(file.digest), file.published_on, records)


async def lost_holds(transaction: ProgrammeTransaction, snapshot: Snapshot) -> str:
    """Say which records that hold a partner now are gone from a snapshot or changed in it; "" for none."""
    holding: dict[tuple[str, str], str] = {}
    for partner_id in sorted(await _held(transaction)):
        found = await OUTCOMES.get(transaction, partner_id)
        for hit in () if found is None or not found.value.holds else found.value.hits:
            if hit.match.list_id == snapshot.list_id:
                holding[hit.match.record_id, partner_id] = hit.match.record_fingerprint
    wanted = {record_id for record_id, _ in holding}
    prints = {each.record_id: each.fingerprint for each in snapshot.records if each.record_id in wanted}
    lost = sorted(key for key, was in holding.items() if prints.get(key[0]) != was)
    if not lost:
        return ""
    record_id, partner_id = lost[0]
    more = f" (and {len(lost) - 1} more)" if lost[1:] else ""
    return f"record {record_id} that holds {partner_id} is gone or changed{more}"


async def _held(transaction: ProgrammeTransaction) -> set[str]:
    """Return the partners that screening holds or refuses, or may by now."""
    return {*(await read_leaves(transaction)).head.holding} | await open_partners(transaction)


def holding_on(records: tuple[ListRecord, ...], date: str) -> Mapping[str, ListRecord]:
    """Return the records that have not ended on a date, by id."""
    return {each.record_id: each for each in records if not each.ended_on or each.ended_on > date}


def pack(records: tuple[ListRecord, ...]) -> tuple[bytes, str]:
    """Return packed records and their digest in hexadecimal."""
    packed = pack_records(records)
    return packed, hashlib.sha256(packed).hexdigest()


def date_of(now: int) -> str:
    """Return the date of an instant (Unix ms), UTC: rules and lists change at midnight UTC."""
    return dt.datetime.fromtimestamp(now / 1000, tz=dt.UTC).date().isoformat()


async def snapshots_in_force(transaction: ProgrammeTransaction) -> list[Snapshot]:
    """Return every list in force with its records, by list id."""
    return [
        Snapshot(
            list_id, "", bytes.fromhex(used.digest), used.published_on, await records_of(transaction, used)
        )
        for list_id, used in sorted((await lists_in_force(transaction)).items())
    ]
