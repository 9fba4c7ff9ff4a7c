"""Reminders of certifications: recorded 60, 30 and 7 days before the end, and once when nobody answered.

There is one document for each partner. A reminder belongs to one end of one use: a certification that is
given anew has reminders of its own. When house-keeping did not run for a while, only the nearest is recorded.
"""

from dataclasses import dataclass, field, replace

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict
from bailment.model.fields import Category, fields_of
from bailment.model.standing import PartnerRow, is_exempt, parse_until
from bailment.model.states import SERVING_STATES, AgreementState
from bailment.partners.dossiers import DossierKind
from bailment.partners.entries import beside, in_clear
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction

DAY_MS = 86_400_000
DAYS_BEFORE = (60, 30, 7)

Use = tuple[str, Category]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told about the end of one use: when, by days before it; and when it was recorded as missed."""

    end_at: int
    reminded: dict[str, int] = field(default_factory=dict)
    missed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Reminders:
    """All that was told to one partner, by use (`PURPOSE/CATEGORY`)."""

    uses: dict[str, Told] = field(default_factory=dict)

    def of(self, key: str, end_at: int) -> Told:
        """Return what was told about this end of a use; nothing about an earlier one."""
        found = self.uses.get(key)
        return found if found is not None and found.end_at == end_at else Told(end_at)


REMINDERS = DossierKind("certification-reminders", Reminders)


def use_key(purpose: str, category: Category) -> str:
    """Return the key under which a use stands in the partner's column; see `model.standing`."""
    return f"{purpose}/{category.value}"


async def uses_of(transaction: ProgrammeTransaction, row: PartnerRow) -> frozenset[Use]:
    """Return every use of a partner's current agreement: a category of its fields, for a purpose."""
    terms = await transaction.agreement_terms(row.partner_id, row.agreement_version)
    if terms is None:
        return frozenset()
    categories = {each.category for each in fields_of(terms.self_mask | terms.friend_mask)}
    return frozenset((purpose, category) for purpose in terms.purposes for category in categories)


async def remind_all(office: Office, now: int) -> tuple[int, int]:
    """Record every reminder that is due and every use that lapsed; return how many of each."""
    async with office.store.reading() as transaction:
        rows = [row for row in await transaction.partners() if _asks(row, now)]
    reminded = missed = 0
    for row in rows:
        new = await _remind(office, row.partner_id, now)
        reminded, missed = reminded + new[0], missed + new[1]
    return reminded, missed


def _asks(row: PartnerRow, now: int) -> bool:
    """Tell whether a partner has anything to certify."""
    serves = row.agreement_state is not None and AgreementState(row.agreement_state) in SERVING_STATES
    return serves and not is_exempt(row.exempt, "certification", now)


@dataclass(frozen=True, slots=True)
class _News:
    """What is new about a partner: the document to write, how many reminders, which uses were missed."""

    document: Reminders
    reminders: int
    missed: list[Use]


async def _news(transaction: ProgrammeTransaction, row: PartnerRow, before: Reminders, now: int) -> _News:
    ends, document, reminders, missed = parse_until(row.certified), dict(before.uses), 0, []
    for purpose, category in sorted(await uses_of(transaction, row), key=lambda use: (use[0], use[1].value)):
        key = use_key(purpose, category)
        told = before.of(key, max(row.certify_by, ends.get(key, 0)))
        days = _due(told, now)
        if now >= told.end_at and told.missed_at is None:
            missed.append((purpose, category))
            document[key] = replace(told, missed_at=now)
        elif days is not None:
            reminders += 1
            document[key] = replace(told, reminded={**told.reminded, str(days): now})
    return _News(Reminders(document), reminders, missed)


def _due(told: Told, now: int) -> int | None:
    """Return the nearest reminder that is due and was not given, in days before the end."""
    if now >= told.end_at:
        return None
    reached = [days for days in DAYS_BEFORE if told.end_at - now <= days * DAY_MS]
    return reached[-1] if reached and str(reached[-1]) not in told.reminded else None


async def _remind(office: Office, partner_id: str, now: int) -> tuple[int, int]:
    async with office.store.reading() as transaction:
        row, filed = await transaction.partner(partner_id), await REMINDERS.get(transaction, partner_id)
        if row is None:
            return 0, 0
        news = await _news(transaction, row, Reminders() if filed is None else filed.value, now)
    if not news.reminders and not news.missed:
        return 0, 0

    async def write(transaction: ProgrammeTransaction) -> None:
        if await transaction.partner(partner_id) != row:
            raise Conflict(f"the partner {partner_id} has changed meanwhile: look again")
        await REMINDERS.put(transaction, partner_id, news.document, over=filed)

    if not news.missed:
        await office.store.disclose(write)
        return news.reminders, 0
    by_purpose: dict[str, list[str]] = {}
    for purpose, category in news.missed:
        by_purpose.setdefault(purpose, []).append(category.value)
    fields = [_missed(row, purpose, categories) for purpose, categories in by_purpose.items()]
    record = in_clear("certification.missed", now, fields[0])
    drafts = [record.draft, *(beside(record, "certification.missed", now, each) for each in fields[1:])]

    async def write_and_record(transaction: ProgrammeTransaction) -> None:
        await write(transaction)
        for draft in drafts:
            await transaction.append(draft)

    await office.store.change(write_and_record, record.in_effect, widens=False)
    return news.reminders, len(news.missed)


def _missed(row: PartnerRow, purpose: str, categories: list[str]) -> dict[str, Value]:
    return {
        "partner": row.partner_id,
        "agreement": row.agreement_version,
        "purpose": purpose,
        "categories": list(categories),
    }
