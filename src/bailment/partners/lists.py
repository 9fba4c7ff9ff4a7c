"""Operations of the partner programme: screening lists as dated data.

A list comes as its publisher's files and is taken in whole or not at all; whatever is refused, the last good
one stays in force. One that lost more than 5 % of its entries or names waits until a second operator accepts
it, and so does one in which a record that holds a partner is gone or changed: nobody lifts a hold alone. Each
import and each acceptance screens everyone again before it returns.
"""

import base64
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.operators import Actor, Role, Signature, sign
from bailment.model.programme import check_slug
from bailment.model.screening import Snapshot
from bailment.partners import list_views
from bailment.partners.dossiers import Filed
from bailment.partners.entries import ChangeRecord, in_clear, signed_by
from bailment.partners.list_files import (
    LISTS,
    SNAPSHOTS,
    ListFile,
    SnapshotFile,
    date_of,
    lost_holds,
    pack,
    put_records,
    snapshot_key,
    snapshot_of,
)
from bailment.partners.office import Office, Operation, operation
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.rule_files import all_rules
from bailment.partners.rulings import still_signed
from bailment.partners.sweeping import Swept, rescreen
from bailment.screening.lists.compare import check_shrink
from bailment.screening.lists.importing import read_list

_OFFICERS = frozenset({Role.SCREENING_OFFICER})
_MOST_FILES = 16
_PUBLISHED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::\d{2})?Z)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImportList:
    """Parameters of `list import`."""

    list: Annotated[str, msgspec.Meta(description="The list's id, as the rules name it, like us-ofac-sdn.")]
    format: Annotated[str, msgspec.Meta(description="Its format, like ofac-sdn, csl-csv, fcc, plain, ftm.")]
    published: Annotated[
        str,
        msgspec.Meta(
            description="The date that the list is of, like 2026-11-22, or with its time: 2026-11-22T13:00Z."
        ),
    ]
    files: Annotated[dict[str, str], msgspec.Meta(description="Contents in base64, by file name.")]
    empty: Annotated[
        bool, msgspec.Meta(description="That nobody is on it: a plain table with a header and no row.")
    ] = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import: in force, or proposed and waiting for a second operator."""

    list_id: str
    digest: str
    published: str
    state: str
    records: int
    loss: str
    unknown_columns: tuple[str, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]
    screening: Swept | None

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [f"list {self.list_id} of {self.published}: {self.state}, {self.records} records"]
        said.append(f"sha256 {self.digest}")
        if self.loss:
            said.append(f"{self.loss}: a second operator accepts it, or it never comes into force")
        said += [f"column {name} is unknown and was not read" for name in self.unknown_columns]
        said += [f"not taken in: {each}" for each in self.skipped]
        return [*said, *self.notes, *([] if self.screening is None else self.screening.lines())]


async def import_list(office: Office, actor: Actor, parameters: ImportList, now: int) -> Imported:
    """Take in a list, put it into force, and screen everyone.

    One that shrank, or that would lift a hold, is kept as proposed.

    Raises:
        Malformed: the files cannot be taken in whole; the last good list stays in force.
        Conflict: the list is older than the one in force.
    """
    contents = _contents(parameters.files)
    list_id = check_slug(parameters.list, "list")
    published, time = parse_published(parameters.published, now)
    snapshot = read_list(list_id, parameters.format, contents, published, empty=parameters.empty)
    async with office.store.reading() as transaction:
        before = await LISTS.get(transaction, list_id)
        loss = await _loss(transaction, before, snapshot)
        notes = await _notes(transaction, list_id)
    packed, digest = pack(snapshot.records)
    file = replace(_file_of(snapshot, digest, contents, now), published_time=time)
    if before is not None:
        _check_not_older(file, before.value.in_force)
    if loss:
        file = _proposed(file, loss, actor, now)
    known = before is not None and before.value.in_force is not None
    if known and _is_in_force(before, file):
        return _imported(file, "in force already", notes, None)
    record = _record_of(file, now)

    async def work(transaction: ProgrammeTransaction) -> None:
        for content in contents.values():
            await transaction.put_blob(hashlib.sha256(content).digest(), content)
        await put_records(transaction, packed)
        await _keep(transaction, before, file)
        if not file.loss:
            await transaction.append(record.draft)

    await office.store.disclose(work)
    if file.loss:
        return _imported(file, "proposed", notes, None)
    swept = await rescreen(office, _cause(file), (), now)
    return _imported(file, "in force", notes, swept)


@dataclass(frozen=True, slots=True)
class AcceptList:
    """Parameters of `list accept`."""

    list: Annotated[str, msgspec.Meta(description="The list's id.")]
    digest: Annotated[str, msgspec.Meta(description="SHA-256 of the proposed snapshot, as the import said.")]
    reason: Annotated[str, msgspec.Meta(description="Why the loss is right; kept behind a commitment.")]


async def accept_list(office: Office, actor: Actor, parameters: AcceptList, now: int) -> Imported:
    """Put a proposed list into force, as the second operator, and screen everyone.

    Raises:
        Conflict: there is no such proposal, it is older than what is in force by now, or the operator is the
            one who imported it.
    """
    async with office.store.reading() as transaction:
        before = await LISTS.get(transaction, parameters.list)
        file = None if before is None else before.value.proposed
        if before is None or file is None or file.digest != parameters.digest:
            raise Conflict(f"no such snapshot of {parameters.list} waits for acceptance")
        _check_not_older(file, before.value.in_force)
        if len(await still_signed(transaction, file.signatures)) < len(file.signatures):
            raise Conflict("whoever imported it is no operator any more: import it again")
        notes = await _notes(transaction, file.list_id)
    signatures = sign(file.signatures, actor, now, parameters.reason)
    accepted = replace(file, loss="", signatures=signatures)
    record = _record_of(accepted, now)
    signed = await signed_by(record, office.keys, now, signatures)

    async def work(transaction: ProgrammeTransaction) -> None:
        await _keep(transaction, before, accepted)
        await transaction.append(record.draft)
        await transaction.append(signed)

    await office.store.disclose(work)
    swept = await rescreen(office, _cause(accepted), (), now)
    return _imported(accepted, "in force", notes, swept)


def parse_published(text: str, now: int) -> tuple[str, str]:
    """Return the date, and the time of day (UTC) like `13:00`, "" where none is said, of a publication.

    Raises:
        Malformed: it is neither a date nor a date with a time in UTC, or it is not yet.
    """
    found = _PUBLISHED.fullmatch(text.strip())
    date, time = (found[1], found[2] or "") if found else ("", "")
    try:
        at = dt.datetime.fromisoformat(f"{date}T{time or '00:00'}:00+00:00").timestamp() * 1000
    except ValueError as error:
        raise Malformed("use a date like 2026-11-22, or 2026-11-22T13:00Z", where="published") from error
    if at > now:
        raise Malformed(f"this is not yet: today is {date_of(now)}", where="published")
    return date, time


def _check_not_older(file: SnapshotFile, in_force: SnapshotFile | None) -> None:
    """Refuse a list that was published before the one in force; of one day, where both times are known."""
    if in_force is None:
        return
    earlier = bool(file.published_time) and file.published_time < in_force.published_time
    if file.published_on < in_force.published_on or (file.published_on == in_force.published_on and earlier):
        raise Conflict(
            f"this list is of {file.published}, older than the one in force, of {in_force.published}"
        )


def _contents(files: dict[str, str]) -> dict[str, bytes]:
    if not 0 < len(files) <= _MOST_FILES:
        raise Malformed(f"give 1 to {_MOST_FILES} files", where="files")
    try:
        return {name: base64.b64decode(content, validate=True) for name, content in files.items()}
    except ValueError as error:  # Not base64, or not ASCII at all.
        raise Malformed("a file's content is base64", where="files") from error


def _file_of(snapshot: Snapshot, records: str, contents: dict[str, bytes], now: int) -> SnapshotFile:
    return SnapshotFile(
        snapshot.list_id,
        snapshot.format,
        snapshot.digest.hex(),
        records,
        {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        snapshot.published_on,
        now,
        len(snapshot.records),
        sum(len(each.names) for each in snapshot.records),
        snapshot.unknown_columns,
        snapshot.skipped,
    )


async def _loss(transaction: ProgrammeTransaction, before: Filed[ListFile] | None, snapshot: Snapshot) -> str:
    """Say what a second operator has to accept before a snapshot is in force, "" for nothing."""
    shrink = check_shrink(await _in_force(transaction, before), snapshot)
    held = await lost_holds(transaction, snapshot)
    return "; ".join(each for each in (held, shrink.reason if shrink else "") if each)


def _proposed(file: SnapshotFile, loss: str, actor: Actor, now: int) -> SnapshotFile:
    """Return a snapshot that waits; whoever imported it has signed for it, and cannot sign a second time."""
    return replace(file, loss=loss, signatures=(Signature(actor.operator_id, now, "imported it"),))


def _record_of(file: SnapshotFile, now: int) -> ChangeRecord:
    return in_clear(
        "list.imported",
        now,
        {
            "list": file.list_id,
            "digest": bytes.fromhex(file.digest),
            "published": file.published_on,
            "records": file.rows,
        },
    )


async def _keep(
    transaction: ProgrammeTransaction, before: Filed[ListFile] | None, file: SnapshotFile
) -> None:
    """Write a snapshot as proposed or in force; a newer import replaces what only was proposed."""
    if file.loss:
        in_force = None if before is None else before.value.in_force
        await LISTS.put(transaction, file.list_id, ListFile(file.list_id, in_force, file), over=before)
        return
    await LISTS.put(transaction, file.list_id, ListFile(file.list_id, file), over=before)
    known = await SNAPSHOTS.get(transaction, snapshot_key(file))
    await SNAPSHOTS.put(transaction, snapshot_key(file), file, over=known)


async def _in_force(transaction: ProgrammeTransaction, kept: Filed[ListFile] | None) -> Snapshot | None:
    if kept is None or kept.value.in_force is None:
        return None
    return await snapshot_of(transaction, kept.value, kept.value.in_force.digest)


def _is_in_force(before: Filed[ListFile] | None, file: SnapshotFile) -> bool:
    """Tell whether the very same list is in force: then there is nothing to do."""
    current = None if before is None else before.value.in_force
    return current is not None and (current.digest, current.records, current.published) == (
        file.digest,
        file.records,
        file.published,
    )


async def _notes(transaction: ProgrammeTransaction, list_id: str) -> tuple[str, ...]:
    """Say so where no rule starts from a list: then it changes nothing."""
    used = {rule.list_id for rule in await all_rules(transaction)} - {""}
    if list_id in used:
        return ()
    known = ", ".join(sorted(used)) or "none"
    return (f"no rule starts from list {list_id}: it changes no outcome (lists that rules name: {known})",)


def _cause(file: SnapshotFile) -> str:
    return f"list {file.list_id} of {file.published_on}"


def _imported(file: SnapshotFile, state: str, notes: tuple[str, ...], screening: Swept | None) -> Imported:
    return Imported(
        file.list_id,
        file.digest,
        file.published,
        state,
        file.rows,
        file.loss,
        file.unknown_columns,
        file.skipped,
        notes,
        screening,
    )


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "list import",
        "Import a list from its publisher's files and screen everyone.",
        _OFFICERS,
        import_list,
        first="list",
        by_hand=True,
    ),
    operation(
        "list accept",
        "Accept, as a second operator, a list that shrank; everyone is screened.",
        _OFFICERS,
        accept_list,
        first="list",
    ),
    *list_views.OPERATIONS,
)
