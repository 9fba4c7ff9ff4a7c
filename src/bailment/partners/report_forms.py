"""What a report says: a rejected transaction, an onward transfer, the year's pack, the record of recipients.

Each is put together from what the programme has on the day; where a part is missing it says so in words, and
whoever files it completes it. They go to officers and authorities, and so name owners who are persons; no
ledger entry does.

Source: 28 CFR 202.1104(c), 202.302(b), 202.1001(b); GDPR Art. 30(1)(d), (e).
"""

from collections.abc import Sequence

from bailment.model.admission import AdmissionFile
from bailment.model.fields import fields_of
from bailment.model.programme import COUNTRIES_OF_CONCERN, Terms
from bailment.model.standing import HoldRow, PartnerRow, parse_until
from bailment.partners.report_drafts import Draft, Kind, Screened, countries_of
from bailment.partners.report_files import Report, Table, day, instant

UNKNOWN = "not known to the gateway: complete it before filing"
# The European Economic Area: transfers to any other country come under GDPR Art. 44.
EEA = frozenset({
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT"),
    *("LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
})  # fmt: skip
_TITLES = {
    Kind.REJECTED: ("Rejected prohibited transaction", "28 CFR 202.1104: due 14 days after the rejection"),
    Kind.ONWARD: ("Known or suspected onward transfer", "28 CFR 202.302(b): due 14 days after knowing"),
}
_NO_ADVICE = (
    "A draft made by the gateway from what it has recorded. It is no legal advice: counsel decides whether "
    "and what to file."
)


class Known:
    """What the programme has of one partner, for a report; None and () where it has nothing."""

    __slots__ = ("file", "holds", "row", "screened", "terms")

    def __init__(
        self,
        row: PartnerRow,
        file: AdmissionFile | None,
        terms: Terms | None,
        screened: Screened | None,
        holds: Sequence[HoldRow],
    ) -> None:
        self.row = row
        self.file = file
        self.terms = terms
        self.screened = screened
        self.holds = holds


def draft_report(draft: Draft, known: Known) -> Report:
    """Return the report of a draft as it stands."""
    title, basis = _TITLES[draft.kind]
    file, terms, row = known.file, known.terms, known.row
    countries = sorted(countries_of(row))
    facts = [
        ("Report", draft.report_id),
        ("Partner", f"{row.name} ({row.partner_id})"),
        ("Date", _dates(draft)),
        ("Due", instant(draft.due_at)),
        ("State", _state(draft)),
        *_happened(draft),
        ("Types of data", _types(terms)),
        ("Method of transfer", _method(terms, file)),
        ("End use", file.end_use if file and file.end_use else UNKNOWN),
        ("Countries of the partner and its owners", ", ".join(countries)),
        (
            "Countries of concern among them",
            ", ".join(sorted(COUNTRIES_OF_CONCERN & set(countries))) or "none",
        ),
        (
            "Onward-transfer clause",
            file.onward_transfer_clause if file and file.onward_transfer_clause else UNKNOWN,
        ),
    ]
    return Report(
        f"{draft.kind.value}-{draft.partner_id}-{draft.day}",
        title,
        basis,
        draft.last_at or draft.first_at,
        tuple(facts),
        (_parties(known),),
        (_NO_ADVICE,),
    )


def _dates(draft: Draft) -> str:
    if draft.last_at > draft.first_at:
        return f"{instant(draft.first_at)} to {instant(draft.last_at)}"
    return instant(draft.first_at)


def _state(draft: Draft) -> str:
    if draft.filed_at is not None:
        return f"filed {instant(draft.filed_at)} under {draft.reference}"
    return "draft, not filed"


def _happened(draft: Draft) -> list[tuple[str, str]]:
    """Say what happened: how often the gateway refused, or what an operator wrote."""
    if draft.kind is Kind.ONWARD:
        return [("What is known", draft.known)]
    rules = ", ".join(f"{count} by rule {rule}" for rule, count in sorted(draft.requests.items()))
    count = sum(draft.requests.values())
    volume = f"{count} requests refused by software ({rules}); no data was disclosed in them"
    return [("Volume", volume), ("First ledger entry", str(draft.first_entry))]


def _clause(file: AdmissionFile | None) -> str:
    return file.onward_transfer_clause if file else ""


def _types(terms: Terms | None) -> str:
    """Name the data categories of the agreement, with their fields: what such a request is for."""
    if terms is None:
        return UNKNOWN
    groups: dict[str, list[str]] = {}
    for each in fields_of(terms.self_mask | terms.friend_mask):
        groups.setdefault(each.category.value, []).append(each.name)
    return "; ".join(f"{category}: {', '.join(names)}" for category, names in groups.items())


def _method(terms: Terms | None, file: AdmissionFile | None) -> str:
    custody = f"custody {terms.custody}" if terms else "no agreement"
    filed = file.transfer_method if file and file.transfer_method else "not filed"
    return f"the gateway's API over HTTPS, {custody}; in the admission file: {filed}"


def _parties(known: Known) -> Table:
    """Return everybody whom the admission file names, down to the ultimate owners."""
    columns = ("name", "role", "kind", "country", "principal business", "share", "evidence")
    row, file = known.row, known.file
    if file is None:
        only = (row.name, "partner", "entity", row.country, "", "", "no admission file")
        return Table("Parties and ownership", columns, (only,))
    partner = (
        file.legal_name or row.name,
        "partner",
        "entity",
        file.organised_in or row.country,
        file.business_in,
        "",
        file.registry_number,
    )
    owners = [
        (
            each.name,
            f"owner of {each.owns or row.partner_id}",
            each.kind.value,
            each.country,
            each.business_country,
            f"{each.share} %",
            each.evidence,
        )
        for each in file.owners
    ]
    return Table("Parties and ownership", columns, (partner, *owners))


def pack_report(
    year: int, officer: str, partners: Sequence[Known], events: Table, drafts: Sequence[Draft], now: int
) -> Report:
    """Return the year's pack, whose first fact is what the officer certifies with a signature on paper."""
    screened = [each for each in partners if each.screened is not None]
    oldest = min((each.screened.screened_at for each in screened if each.screened), default=None)
    facts = (
        (
            "Certified by",
            f"{officer}: the written policy was in force and followed in {year}. Signature: ______",
        ),
        ("Partners", str(len(partners))),
        ("Screened", f"{len(screened)} of {len(partners)}"),
        ("Oldest screening", "none" if oldest is None else instant(oldest)),
        ("On hold now", str(sum(bool(each.holds) for each in partners))),
        ("Incidents reported", str(sum(each.kind is Kind.ONWARD for each in drafts))),
    )
    tables = (
        Table("Partners", _PARTNER_COLUMNS, tuple(_partner_row(each) for each in partners)),
        Table("Certifications", _CERTIFIED_COLUMNS, tuple(_certified(partners, now))),
        Table("Holds in place", ("partner", "cause", "reason", "since"), tuple(_holds(partners))),
        events,
        Table(
            "Reports", ("report", "kind", "partner", "first", "due", "state"), tuple(map(_draft_row, drafts))
        ),
    )
    title = f"Annual certification pack {year}"
    return Report(f"pack-{year}", title, "28 CFR 202.1001(b), 202.1101", now, facts, tables)


_PARTNER_COLUMNS = ("partner", "name", "countries", "group", "agreement", "screening", "screened at")
_CERTIFIED_COLUMNS = ("partner", "use", "certified until", "lapsed")


def _partner_row(known: Known) -> tuple[str, ...]:
    row, screened = known.row, known.screened
    state = f"version {row.agreement_version}, {row.agreement_state}" if row.agreement_state else "none"
    return (
        row.partner_id,
        row.name,
        ", ".join(sorted(countries_of(row))),
        row.group_id,
        state,
        screened.effect if screened else "never",
        instant(screened.screened_at) if screened else "never",
    )


def _certified(partners: Sequence[Known], now: int) -> list[tuple[str, ...]]:
    return [
        (known.row.partner_id, use, instant(until), "yes" if until <= now else "no")
        for known in partners
        for use, until in sorted(parse_until(known.row.certified).items())
    ]


def _holds(partners: Sequence[Known]) -> list[tuple[str, ...]]:
    return [
        (known.row.partner_id, hold.cause, hold.reason, instant(hold.placed_at))
        for known in partners
        for hold in known.holds
    ]


def _draft_row(draft: Draft) -> tuple[str, ...]:
    when = (instant(draft.first_at), instant(draft.due_at))
    return (draft.report_id, draft.kind.value, draft.partner_id, *when, _state(draft))


_RECORD_COLUMNS = (
    *("recipient", "name", "countries", "third countries", "purposes", "data subjects", "data categories"),
    *("retention", "custody", "safeguard"),
)


def records_report(partners: Sequence[Known], now: int) -> Report:
    """Return the record of recipients, third countries among them."""
    rows = tuple(_record_row(each) for each in partners if each.terms is not None)
    notes = ("A partner without an agreement receives nothing and is not in it.",)
    facts = (("Recipients", str(len(rows))), ("As of", day(now)))
    tables = (Table("Recipients", _RECORD_COLUMNS, rows),)
    return Report("records", "Record of recipients", "GDPR Art. 30(1)(d) and (e)", now, facts, tables, notes)


def _record_row(known: Known) -> tuple[str, ...]:
    row, terms, file = known.row, known.terms, known.file
    if terms is None:
        raise AssertionError("a record of a partner without terms")
    processors = {each.country for each in file.sub_processors} if file else set()
    stored = set(file.storage_countries) if file else set()
    countries = countries_of(row) | processors | stored
    subjects = [
        words
        for mask, words in ((terms.self_mask, "users of the device"), (terms.friend_mask, "their friends"))
        if mask
    ]
    return (
        row.partner_id,
        row.name,
        ", ".join(sorted(countries)),
        ", ".join(sorted(countries - EEA)) or "none",
        ", ".join(terms.purposes),
        ", ".join(subjects),
        _types(terms),
        f"{terms.retention_days} days" if terms.retention_days else "not agreed",
        terms.custody,
        _clause(file) or "none filed",
    )
