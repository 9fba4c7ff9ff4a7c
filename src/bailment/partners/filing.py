"""Admission files as they are kept: every filing is a revision, and none is ever overwritten.

The newest file lies under the partner's id (`FILES`); every one that was filed, by revision (`FILINGS`) with
its bytes kept by hash. The public sees that a file was filed, and a commitment to the whole document; an
auditor opens it with the platform's key. The countries that decide follow the file in the same change.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from bailment.ledger.cbor import Value
from bailment.ledger.commitment import commit_items, encode_items, encode_opening
from bailment.model.admission import AdmissionFile, profile_of
from bailment.model.disclosure import EntryDraft
from bailment.model.errors import Conflict, Malformed, Unavailable
from bailment.model.operators import Actor
from bailment.model.people import PLATFORM_ID
from bailment.model.programme import check_slug
from bailment.model.standing import PartnerRow
from bailment.model.states import SERVING_STATES, AgreementState
from bailment.partners.case_files import CASES, CaseState
from bailment.partners.dossiers import DossierKind
from bailment.partners.entries import ChangeRecord, in_clear
from bailment.partners.holds import no_partner
from bailment.partners.office import Office
from bailment.partners.outcomes import outcome_of
from bailment.partners.ports import PersonKeys, ProgrammeTransaction
from bailment.partners.sweeping import rescreen
from bailment.seal.detail import seal_detail
from bailment.seal.secret import random_bytes

MAX_FILE_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing: who, when (Unix ms), and the SHA-256 (hexadecimal) of the document's JSON."""

    filed_by: str
    filed_at: int
    digest: str


FILES = DossierKind("admission", AdmissionFile)
FILINGS = DossierKind("admission-filing", Filing)


def day_of(now: int) -> str:
    """Return the date, UTC, on which an instant lies."""
    return datetime.fromtimestamp(now / 1000, UTC).date().isoformat()


async def committed(
    kind: str, keys: PersonKeys, now: int, fields: Mapping[str, Value], details: Mapping[str, Value]
) -> ChangeRecord:
    """Return the record of an affair in clear that carries a commitment to `details` besides.

    The details open with the platform's own key.
    """
    salt = random_bytes(32)
    items = encode_items({**details, "at": now})
    commitment = commit_items(items, salt)
    record = in_clear(kind, now, {**fields, "commitment": commitment})
    key = (await keys.keys((PLATFORM_ID,)))[PLATFORM_ID]
    sealed = seal_detail(key, commitment, encode_opening(items, salt))
    return ChangeRecord(
        EntryDraft(record.draft.raw, commitment, PLATFORM_ID, sealed), record.in_effect, record.change
    )


@dataclass(frozen=True, slots=True)
class FileAdmission:
    """Parameters of `partner file`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    file: Annotated[AdmissionFile, msgspec.Meta(description="The admission file, a JSON document.")]


@dataclass(frozen=True, slots=True)
class Filed:
    """What was filed: the partner, the revision, the document's SHA-256, and what screening says of it."""

    partner: str
    revision: int
    digest: str
    screening: str

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        return [
            f"admission file of {self.partner}: revision {self.revision} is filed and in effect",
            f"sha256 {self.digest}",
            f"screening: {self.screening} (`bailment partner checklist {self.partner}` says what blocks)",
        ]


async def file_admission(office: Office, actor: Actor, parameters: FileAdmission, now: int) -> Filed:
    """File a whole admission file and screen it; it replaces the one before, which is kept.

    Raises:
        Malformed: the file is too large, or says something in a form that deceives.
        Conflict: there is no such partner, or somebody else filed meanwhile.
    """
    partner_id, file = check_slug(parameters.partner, "partner"), parameters.file
    document = msgspec.json.encode(file)
    check_file(partner_id, file, len(document))
    digest = hashlib.sha256(document).digest()
    async with office.store.reading() as transaction:
        before = await FILES.get(transaction, partner_id)
    revision = 1 if before is None else before.revision + 1
    fields: dict[str, Value] = {"partner": partner_id, "revision": revision}
    details = {**fields, "by": actor.operator_id, "document": document.decode()}
    record = await committed("admission.filed", office.keys, now, fields, details)
    filing = Filing(actor.operator_id, now, digest.hex())

    async def work(transaction: ProgrammeTransaction) -> None:
        row = await transaction.partner(partner_id)
        if row is None:
            raise no_partner(partner_id)
        await _check_reviewed_names(transaction, row, None if before is None else before.value, file)
        await FILES.put(transaction, partner_id, file, over=before)
        await FILINGS.put(transaction, f"{partner_id}/{revision:06d}", filing)
        await transaction.put_blob(digest, document)
        countries = set(countries_of(file, day_of(now)))
        if _is_lent_to(row):
            # What it said before counts until two have admitted it on the new file: one person opens nothing.
            countries |= {row.country, *row.owner_countries.split()}
        await transaction.set_countries(partner_id, file.organised_in or row.country, sorted(countries))
        await transaction.append(record.draft)

    await office.store.change(work, record.in_effect, widens=True)
    return Filed(partner_id, revision, digest.hex(), await _screen(office, partner_id, now))


def _is_lent_to(row: PartnerRow) -> bool:
    """Tell whether the partner's agreement serves."""
    return row.agreement_state is not None and AgreementState(row.agreement_state) in SERVING_STATES


async def _check_reviewed_names(
    transaction: ProgrammeTransaction, row: PartnerRow, before: AdmissionFile | None, after: AdmissionFile
) -> None:
    """Keep the names that two officers review a hit on in the file; a further name or number may be added.

    Raises:
        Conflict: one would go: the hit would vanish undecided, by one person.
    """
    # A hold needs no such care: a changed file alone lifts none of screening's.
    if row.held_at is not None or not _is_lent_to(row):
        return
    old = {row.partner_id: {row.name}} if before is None else _names(row.partner_id, before)
    new = _names(row.partner_id, after)
    for case in await CASES.all(transaction, f"{row.partner_id}/"):
        party = case.value.hit.match.party_id
        under_review = case.value.state in {CaseState.OPEN, CaseState.ESCALATED}
        if under_review and not old.get(party, set()) <= new.get(party, set()):
            raise Conflict(
                f"case {case.value.case_id} is under review: keep the name, as a former one if it is"
                " until two officers have decided"
            )


def _names(partner_id: str, file: AdmissionFile) -> dict[str, set[str]]:
    return {party.party_id: set(party.names) for party in profile_of(partner_id, file).parties}


async def _screen(office: Office, partner_id: str, now: int) -> str:
    """Screen a partner on what was filed, and say what came of it.

    The file stands whatever comes of this: a sweep that does not end is made up for by the next one, and
    until then the checklist says that the partner is not screened.
    """
    try:
        await rescreen(office, f"file of {partner_id}", (partner_id,), now)
    except (Conflict, Unavailable) as error:
        return f"not yet, {error}"
    async with office.store.reading() as transaction:
        outcome = await outcome_of(transaction, partner_id)
    return "not yet" if outcome is None else outcome.effect


def countries_of(file: AdmissionFile, on: str) -> list[str]:
    """Return where else a partner's data may be reached from on a date: owners, business, storage."""
    found = {file.business_in, *file.storage_countries}
    for owner in file.owners:
        if not owner.until or owner.until > on:
            found |= {owner.country, owner.business_country}
    return sorted(found - {""})


def check_file(partner_id: str, file: AdmissionFile, size: int) -> None:
    """Check what the shape alone does not: the size in bytes, the ids of owners, that texts can be shown.

    Raises:
        Malformed: one of them is not as it should be.
    """
    if size > MAX_FILE_BYTES:
        raise Malformed(f"an admission file has at most {MAX_FILE_BYTES:,} bytes", where="file")
    for owner in file.owners:
        if check_slug(owner.owner_id, "owners") == partner_id:
            raise Malformed("an owner's id is not the partner's own", where="owners")
    if any(_deceives(text) for text in _texts(msgspec.to_builtins(file))):
        raise Malformed(
            "a text has control or direction characters, which are shown as another", where="file"
        )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)


def _deceives(text: str) -> bool:
    """Tell whether a text has what makes it look like another: controls, overrides of its direction."""
    return any(
        (unicodedata.category(each) == "Cc" and each not in "\n\t")
        or unicodedata.bidirectional(each) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for each in text
    )
