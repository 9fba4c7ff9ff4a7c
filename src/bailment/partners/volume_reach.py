"""Whom 28 CFR 202.205 reaches, and so whom the volume limit binds by itself.

The rule is about countries of concern and covered persons. Towards a partner with a country of concern among
its own the limit binds by that alone, in every disclosure (`model.standing.limit_grounds`). Towards one of
which screening cannot rule out that it is a covered person it binds from the sweep on that said so, before
the outcome is kept: a crash in between leaves a partner limited, never the reverse.

Screening lifts its own where the same file comes out otherwise, as after a list was corrected. Where the file
changed it stays until two operators lift it (`volume_limits`): whoever may write a file lifts nothing alone.
It looks at the partner itself and not at its affiliates: who is owned by a covered person is one.
"""

from collections.abc import Mapping

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.standing import LIMITED_BY_SCREENING, PartnerRow, limit_grounds
from bailment.partners.entries import ChangeRecord, beside, in_clear
from bailment.partners.holds import no_partner
from bailment.partners.office import Office
from bailment.partners.outcomes import Outcome
from bailment.partners.ports import ProgrammeTransaction
from bailment.screening.shipped_rules import PART_202_JURISDICTION, PART_202_OWNED

_PART_202 = frozenset({PART_202_JURISDICTION, PART_202_OWNED})


def countries_of_row(row: PartnerRow) -> tuple[str, ...]:
    """Return every country of a partner: its seat, and those of owners, business and storage."""
    return (row.country, *row.owner_countries.split())


def grounds_of(row: PartnerRow) -> tuple[str, ...]:
    """Return why the limit binds a partner; nothing where it does not."""
    return limit_grounds(row.limited, countries_of_row(row))


async def row_of(transaction: ProgrammeTransaction, partner_id: str) -> PartnerRow:
    """Return a partner as it stands.

    Raises:
        Conflict: there is no such partner.
    """
    row = await transaction.partner(partner_id)
    if row is None:
        raise no_partner(partner_id)
    return row


async def put_limit(transaction: ProgrammeTransaction, before: PartnerRow, after: PartnerRow) -> None:
    """Write a partner's limit over what was read of it.

    Raises:
        Conflict: it is something else by now.
    """
    if (await row_of(transaction, before.partner_id)).limited != before.limited:
        raise Conflict(f"the volume limit of {before.partner_id} has changed meanwhile: look again")
    await transaction.set_limited(before.partner_id, limited=after.limited)


def _fields(row: PartnerRow) -> dict[str, Value]:
    # Its bits are in clear: an operator's limit and screening's are told apart.
    return {"partner": row.partner_id, "limited": row.limited}


def limit_record(row: PartnerRow, now: int) -> ChangeRecord:
    """Return the record of a limit that was set or lifted."""
    return in_clear("volume.limited", now, _fields(row))


def may_be_covered(outcome: Outcome) -> bool:
    """Tell whether screening says of a partner that it is a covered person, or cannot rule it out.

    An exemption from a rule of 28 CFR 202 rules nothing out: it is none from the volumes of 202.205.
    """
    asked = {*(ground.rule_id for ground in outcome.grounds), *outcome.dropped}
    return not asked.isdisjoint(_PART_202)


def wanted_by_screening(outcome: Outcome, before: Outcome | None) -> bool | None:
    """Return whether screening now sets (True) or lifts (False) its limit, None where it leaves it alone."""
    was = before is not None and may_be_covered(before)
    if may_be_covered(outcome):
        return None if was else True
    same = before is not None and before.profile_fingerprint == outcome.profile_fingerprint
    return False if was and same and not outcome.kept else None


async def follow_screening(office: Office, wanted: Mapping[str, bool], now: int) -> None:
    """Set or lift screening's limit on partners, all in one change that is in effect when this returns.

    Raises:
        Conflict: one of them was limited otherwise meanwhile: the sweep begins again.
    """
    changes = []
    async with office.store.reading() as transaction:
        for partner_id, on in sorted(wanted.items()):
            row = await row_of(transaction, partner_id)
            bits = row.limited & ~LIMITED_BY_SCREENING | (LIMITED_BY_SCREENING if on else 0)
            if bits != row.limited:
                changes.append((row, row._replace(limited=bits)))
    if not changes:
        return
    record = limit_record(changes[0][1], now)
    drafts = [record.draft, *(beside(record, "volume.limited", now, _fields(row)) for _, row in changes[1:])]

    async def work(transaction: ProgrammeTransaction) -> None:
        for (before, after), draft in zip(changes, drafts, strict=True):
            await put_limit(transaction, before, after)
            await transaction.append(draft)

    await office.store.change(work, record.in_effect, widens=any(not on for on in wanted.values()))
