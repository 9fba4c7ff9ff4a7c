"""From the register's document to the rows of its page. Pure; dates are judged at a given instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bailment.ledger.register_text import instant, is_serving, order_state, standing

MOST_PARTNERS = 100
_TONES = {"agreement in force": "good", "on hold": "stop", "winding down": "warn", "asserted only": "warn"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about a partner: what kind, the words, and the index of the entry behind it."""

    label: str
    text: str
    entry: int


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """One partner on the page; `tone` is the colour of where it stands."""

    partner: str
    name: str
    countries: str
    group: str
    standing: str
    tone: str
    facts: tuple[Fact, ...]
    disclosures: int
    refusals: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The page: which ledger, totals, some partners, and after which one the next page begins, if any."""

    origin: str
    size: int
    root: str
    totals: tuple[tuple[str, int], ...]
    cards: tuple[PartnerCard, ...]
    facts: tuple[Fact, ...]
    next_after: str


_TOTALS = {
    "disclosure": "disclosures",
    "refusal": "refusals",
    "partners.screened": "screenings of everyone",
    "details.viewed": "views of persons' details by staff",
}


def register_page(register: Mapping[str, Any], now: int, after: str = "") -> RegisterPage:
    """Return the page that begins after a partner, at most `MOST_PARTNERS` of them."""
    later = [each for each in register["partners"] if each["partner"] > after]
    shown, ledger = later[:MOST_PARTNERS], register["ledger"]
    totals = [("partners", len(register["partners"]))]
    totals += [(words, register["totals"].get(kind, 0)) for kind, words in _TOTALS.items()]
    return RegisterPage(
        ledger["origin"],
        ledger["size"],
        ledger["root"],
        tuple(totals),
        tuple(_card(each, now) for each in shown),
        (*_programme(register), *_withholding(register["withholding"], now)),
        shown[-1]["partner"] if len(later) > len(shown) else "",
    )


def _card(partner: Mapping[str, Any], now: int) -> PartnerCard:
    stands = standing(partner, now)
    refused = [f"{count} by {rule}" for rule, count in partner["refusals"].items()]
    owners = partner["owner_countries"]
    return PartnerCard(
        partner["partner"],
        partner["name"],
        partner["country"] + (f", owned from {', '.join(owners)}" if owners else ""),
        partner["group"],
        stands,
        _TONES.get(stands, "plain"),
        (*_terms(partner, now), *_builds(partner), *_exceptions(partner), *_ends(partner)),
        partner["disclosures"],
        ", ".join(refused) or "nothing",
    )


def _terms(partner: Mapping[str, Any], now: int) -> list[Fact]:
    facts = []
    admission = partner["admission"]
    if admission:
        text = f"{admission['decision']} {instant(admission['at'])}"
        facts.append(Fact("Admission", text, admission["entry"]))
    for each in partner["agreements"]:
        terms, state = each["terms"], "in force" if is_serving(each, now) else "not in force"
        own, friends = (", ".join(terms[ring]) or "nothing" for ring in ("self", "friends"))
        text = (
            f"version {each['agreement']}, {state}, {instant(terms['from'])} to {instant(terms['until'])}, "
            f"for {', '.join(terms['purposes'])}; kept by: {terms['custody']}. "
            f"Of the user: {own}. Of friends: {friends}."
        )
        facts.append(Fact("Agreement", text, each["entry"]))
    for each in partner["asserted"]:
        text = f"{each['reference']}, from {each['source']}: asserted, and proof of nothing"
        facts.append(Fact("Asserted", text, each["entry"]))
    return facts


def _builds(partner: Mapping[str, Any]) -> list[Fact]:
    facts = []
    for each in partner["builds"]:
        reason = f": {each['reason']}" if each["reason"] else ""
        text = f"{each['integration']} {each['version']}, {each['build'][:12]}…, {each['state']}{reason}"
        facts.append(Fact("Build", text, each["entry"]))
    return facts


def _exceptions(partner: Mapping[str, Any]) -> list[Fact]:
    facts = []
    for each in partner["holds"]:
        end = f"to {instant(each['ended_at'])}" if each["ended_at"] is not None else "and in place"
        text = f"by {each['cause']}, from {instant(each['at'])} {end}: {each['reason']}"
        facts.append(Fact("Hold", text, each["entry"]))
    for each in partner["exemptions"]:
        end = "ended" if each["ended_at"] is not None else f"until {instant(each['until'])}"
        facts.append(Fact("Exemption", f"from {each['rule']}, {end}: {each['reason']}", each["entry"]))
    for each in partner["certifications"]:
        what = f"{each['purpose']}: {', '.join(each['categories'])}"
        until = f"certified until {instant(each['until'])}" if each["given"] else "not certified in time"
        facts.append(Fact("Certification", f"{what}, {until}", each["entry"]))
    return facts


def _ends(partner: Mapping[str, Any]) -> list[Fact]:
    facts = []
    for each in partner["winddowns"]:
        text = f"agreement {each['agreement']} closes {instant(each['closes'])}: {each['reason']}"
        facts.append(Fact("Wind-down", text, each["entry"]))
        if each["certificate"]:
            text = f"certificate {each['certificate'][:16]}…, {instant(each['certified_at'])}"
            facts.append(Fact("Wind-down", text, each["certified_entry"]))
    return facts


def _programme(register: Mapping[str, Any]) -> list[Fact]:
    """Return what concerns everyone: lists, rules, limits; the newest of each list."""
    newest: dict[str, Mapping[str, Any]] = {each["list"]: each for each in register["lists"]}
    rules: Sequence[Mapping[str, Any]] = register["rules"]
    facts = [
        Fact("List", f"{name} of {each['published'] or 'no date'}, {each['records']} records", each["entry"])
        for name, each in sorted(newest.items())
    ]
    facts += [
        Fact("Rule", f"{each['rule']} from {each['from']} to {each['until'] or 'no end'}", each["entry"])
        for each in rules
    ]
    facts += [
        Fact(
            "Volume", f"{each['group']}: {each['percent']} % of the limit for {each['class']}", each["entry"]
        )
        for each in register["volume"]
    ]
    return facts


def _withholding(withholding: Mapping[str, Any], now: int) -> list[Fact]:
    """Return the switch of country withholding, every order, and every objection to one."""
    facts = [
        Fact(
            "Withholding", f"switched {each['state']} {instant(each['at'])}: {each['reason']}", each["entry"]
        )
        for each in withholding["switches"]
    ]
    for each in withholding["orders"]:
        said = (
            f"a {each['item']} in {each['country']}, by {each['issuer']}; {each['basis']}; "
            f"{order_state(each, now)}. Order {each['order']}"
        )
        facts.append(Fact("Withheld", said, each["entry"]))
        facts += [
            Fact("Objection", f"of staff to order {each['order']}: {one['text']}", one["entry"])
            for one in each["objections"]
        ]
    return facts
