"""Drafts of the two reports that the law has a clock for, and the house-keeping that makes the first.

A refusal of a covered or concern-country partner is a rejected prohibited transaction, also when software
refused: due within 14 days, with date, types and volumes, method, parties and their ownership, and countries.
One draft stands for a partner and day, however often it asked; further requests of that day are counted
in it until it is filed. What counts as such a refusal:

1. `jurisdiction.*`: the partner or an owner sits in a country of concern, or screening stops it
2. `partner.on-hold`: a hold of screening lay on it when it asked, as the entries before say
3. `volume.limit`: the group would have reached a limit of 28 CFR 202.205

An operator drafts the second: a known or suspected onward transfer. The scan remembers how far it has read,
in the same transaction that writes its drafts: after a crash it goes on there; of two at once one gives way.

Source: 28 CFR 202.1104 (rejected transactions), 202.302(b) (onward transfer).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import msgspec

from bailment.ledger.cbor import Value
from bailment.ledger.entry import Entry, parse_entry
from bailment.model.operators import Signature
from bailment.model.programme import COUNTRIES_OF_CONCERN
from bailment.model.records import PlacedEntry
from bailment.model.standing import PartnerRow
from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.entries import in_clear
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.report_files import day
from bailment.seal.secret import random_bytes, random_id

DAY_MS = 86_400_000
DUE_DAYS = 14
_MINUTE_MS = 60_000
_BATCH = 2_000
_SCREENING = "screening"
_MARKS = (b"refusal", b"hold.placed", b"hold.lifted")


class Kind(Enum):
    """Which report it is."""

    REJECTED = "rejected-transaction"
    ONWARD = "onward-transfer"


@dataclass(frozen=True, slots=True)
class Draft:
    """A report that is due: of which partner and day, since when (Unix ms), and what is known.

    `report_id` is what its entries call it: it tells an outsider nothing, and `salt` keeps their digests from
    being guessed. `requests` counts refusals by rule; `first_entry` is the index of the first, -1 where there
    is none. `known` is what an operator wrote. `filed_at` is None until two operators have signed that it was
    filed under `reference`.
    """

    kind: Kind
    partner_id: str
    day: str
    first_at: int
    due_at: int
    report_id: str = ""
    salt: str = ""
    requests: dict[str, int] = field(default_factory=dict)
    last_at: int = 0
    first_entry: int = -1
    known: str = ""
    reference: str = ""
    signatures: tuple[Signature, ...] = ()
    filed_at: int | None = None

    @property
    def key(self) -> str:
        """Where it is kept: one of a kind for a partner and day."""
        return f"{self.kind.value}/{self.partner_id}/{self.day}"


@dataclass(frozen=True, slots=True)
class Scan:
    """How far the ledger was read, and whom a hold of screening lay on there."""

    place: int = 0
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screened:
    """What a report wants of a partner's screening outcome; the rest of that document is another module's."""

    effect: str = ""
    screened_at: int = 0


DRAFTS = DossierKind("report", Draft)
SCREENED = DossierKind(_SCREENING, Screened)
_SCANS = DossierKind("report-scan", Scan)
_SCAN_KEY = "refusals"


async def draft_rejected(office: Office, now: int) -> list[str]:
    """Read on where the last scan ended; return the ids of the drafts that were made or grew.

    Raises:
        Conflict: another process scanned meanwhile; what it read is drafted.
        Unavailable: the database does not answer; the next call goes on where this one was.
    """
    touched: list[str] = []
    while True:
        async with office.store.reading() as transaction:
            filed = await _SCANS.get(transaction, _SCAN_KEY)
            scan = filed.value if filed else Scan()
            batch = await transaction.entries_from(scan.place, _BATCH)
        if not batch:
            return sorted(set(touched))
        touched += await _take(office, filed, scan, batch, now)


async def _take(
    office: Office, filed: Filed[Scan] | None, scan: Scan, batch: Sequence[PlacedEntry], now: int
) -> list[str]:
    """Draft what a batch gives, and move the scan behind it, in one transaction."""
    held, refused = _read(batch, frozenset(scan.held))
    moved = Scan(batch[-1].place + 1, tuple(sorted(held)))

    async def work(transaction: ProgrammeTransaction) -> list[str]:
        # First what fails when another process was quicker: then nothing of this is written.
        await _SCANS.put(transaction, _SCAN_KEY, moved, over=filed)
        return [await _add(transaction, new, now) for new in await _of_concern(transaction, refused)]

    return await office.store.disclose(work)


@dataclass(frozen=True, slots=True)
class _Refused:
    """One refusal: its index, its minute (Unix ms), and whether screening held the partner then."""

    index: int
    partner_id: str
    rule: str
    at: int
    screened: bool


def _read(batch: Sequence[PlacedEntry], before: frozenset[str]) -> tuple[set[str], list[_Refused]]:
    """Return whom screening holds after these entries, and the refusals among them."""
    held, refused = set(before), []
    for placed in batch:
        # Disclosures come by the million: only what may be wanted is parsed.
        if not any(mark in placed.raw for mark in _MARKS):
            continue
        entry = parse_entry(placed.raw)
        if entry.kind == "refusal":
            refused.append(_refusal(placed.place, entry, held))
        elif entry.kind in {"hold.placed", "hold.lifted"} and entry.fields["cause"] == _SCREENING:
            change = held.add if entry.kind == "hold.placed" else held.discard
            change(str(entry.fields["partner"]))
    return held, refused


def _refusal(index: int, entry: Entry, held: set[str]) -> _Refused:
    partner, minute = str(entry.fields["partner"]), entry.fields["minute"]
    at = minute * _MINUTE_MS if isinstance(minute, int) else 0
    return _Refused(index, partner, str(entry.fields["rule"]), at, partner in held)


async def _of_concern(transaction: ProgrammeTransaction, refused: Sequence[_Refused]) -> list[Draft]:
    """Return a draft for each partner and day of the refusals that the law asks to report."""
    drafts: dict[tuple[str, str], Draft] = {}
    concern = {each.partner_id: await _is_of_concern(transaction, each.partner_id) for each in refused}
    for each in refused:
        if not _counts(each, of_concern=concern[each.partner_id]):
            continue
        key = each.partner_id, day(each.at)
        known = drafts.get(key) or Draft(
            Kind.REJECTED, *key, each.at, each.at + DUE_DAYS * DAY_MS, first_entry=each.index
        )
        requests = {**known.requests, each.rule: known.requests.get(each.rule, 0) + 1}
        first = min(known.first_at, each.at)
        drafts[key] = replace(
            known,
            requests=requests,
            first_at=first,
            due_at=first + DUE_DAYS * DAY_MS,
            last_at=max(known.last_at, each.at),
        )
    return list(drafts.values())


def _counts(refused: _Refused, *, of_concern: bool) -> bool:
    """Rules 1 to 3 of this module."""
    if refused.rule.startswith("jurisdiction."):
        return of_concern or refused.screened
    return refused.rule == "volume.limit" or (refused.rule == "partner.on-hold" and refused.screened)


async def _is_of_concern(transaction: ProgrammeTransaction, partner_id: str) -> bool:
    row = await transaction.partner(partner_id)
    outcome = await SCREENED.get(transaction, partner_id)
    stopped = outcome is not None and outcome.value.effect in {"hold", "refuse"}
    return stopped or (row is not None and bool(countries_of(row) & COUNTRIES_OF_CONCERN))


def countries_of(row: PartnerRow) -> set[str]:
    """Return the countries of a partner and of its owners."""
    return {row.country, *row.owner_countries.split()}


async def _add(transaction: ProgrammeTransaction, new: Draft, now: int) -> str:
    """Write a draft, or add to that of the same partner and day; a filed one has a sequel. Return its id."""
    filed = await DRAFTS.get(transaction, new.key)
    if filed is None:
        return await put_new(transaction, new, now)
    old = filed.value
    if old.filed_at is not None:
        # What comes in after the report was filed is a report of its own, or it would never be told.
        return await _add(transaction, replace(new, day=_sequel(new.day)), now)
    requests = {
        rule: old.requests.get(rule, 0) + new.requests.get(rule, 0)
        for rule in sorted({*old.requests, *new.requests})
    }
    grown = replace(
        old,
        requests=requests,
        first_at=min(old.first_at, new.first_at),
        last_at=max(old.last_at, new.last_at),
        # Whoever signed has seen fewer: they sign anew.
        signatures=(),
        reference="",
    )
    await DRAFTS.put(transaction, old.key, grown, over=filed, due_at=grown.due_at)
    return old.report_id


def _sequel(name: str) -> str:
    """Return the name of the next report of a day: `2026-11-22`, then `2026-11-22-2`, and so on."""
    date, number = name[:10], name[11:]
    return f"{date}-{int(number) + 1 if number else 2}"


async def put_new(transaction: ProgrammeTransaction, new: Draft, now: int) -> str:
    """Write a new draft with its entry, and return its id.

    The entry's digest is that of the draft as it was made, which is kept under it.

    Raises:
        Conflict: there is one of that name.
    """
    named = replace(new, report_id=random_id("report"), salt=random_bytes(16).hex())
    await DRAFTS.put(transaction, named.key, named, due_at=named.due_at)
    digest = await keep(transaction, named)
    fields: dict[str, Value] = {"report": named.report_id, "due": named.due_at, "digest": digest}
    await transaction.append(in_clear("report.drafted", now, fields).draft)
    return named.report_id


async def keep(transaction: ProgrammeTransaction, draft: Draft) -> bytes:
    """Keep a draft as it stands under the SHA-256 of its bytes, and return that."""
    digest = draft_digest(draft)
    await transaction.put_blob(digest, _encode(draft))
    return digest


def draft_digest(draft: Draft) -> bytes:
    """Return the SHA-256 of a draft as it stands."""
    return hashlib.sha256(_encode(draft)).digest()


def _encode(draft: Draft) -> bytes:
    return msgspec.json.encode(draft, order="sorted")
