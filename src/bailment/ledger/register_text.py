"""The public register in sentences, for a terminal: what each partner is, and by which entries.

Pure: it is given the document of `public_register` and the instant at which dates are judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

# The register's own document: its shape is `public_register`'s, and a type checker cannot follow it in there.
Row: TypeAlias = Mapping[str, Any]

_LAST_MS = 253_402_300_799_999


def instant(unix_ms: int) -> str:
    """Return an instant in Unix milliseconds as `2026-11-22 05:40 UTC`."""
    if unix_ms > _LAST_MS:
        return "after the year 9999"
    return f"{datetime.fromtimestamp(unix_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"


def standing(partner: Row, now: int) -> str:
    """Say in a word or two where a partner stands at an instant (Unix ms)."""
    serving = [each for each in partner["agreements"] if is_serving(each, now)]
    if partner["on_hold"]:
        return "on hold"
    if any(each["closes_at"] is not None for each in serving):
        return "winding down"
    if serving:
        return "agreement in force"
    if any(each["certificate"] for each in partner["winddowns"]):
        return "wound down"
    return "asserted only" if partner["asserted"] and not partner["agreements"] else "no agreement in force"


def is_serving(agreement: Row, now: int) -> bool:
    """Tell whether an agreement's row stands for terms that answers may rest on at an instant (Unix ms)."""
    closes_at = agreement["closes_at"]
    within = agreement["terms"]["from"] <= now < agreement["terms"]["until"]
    open_still = closes_at is None or now < closes_at
    return bool(agreement["in_force"] and not agreement["replaced"] and within and open_still)


def register_lines(register: Row, now: int) -> list[str]:
    """Return the register as lines of text."""
    totals = register["totals"]
    head = (
        f"partners: {len(register['partners'])}, disclosures: {totals.get('disclosure', 0)}, "
        f"refusals: {totals.get('refusal', 0)}, lists imported: {len(register['lists'])}, "
        f"screenings of every partner: {register['screening']['sweeps']}"
    )
    lines = [head]
    for partner in register["partners"]:
        lines += ["", *_partner_lines(partner, now)]
    lines += [f"{each['partner']}: not admitted (yet)" for each in register["applicants"]]
    lines += _programme_lines(register)
    lines += withholding_lines(register["withholding"], now)
    return [printable(line) for line in lines]


def printable(line: str) -> str:
    """Return a line without control characters: a name must not command the terminal that it is shown on."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line)


def _partner_lines(partner: Row, now: int) -> Iterator[str]:
    countries = ", ".join([partner["country"], *partner["owner_countries"]])
    group = f", group {partner['group']}" if partner["group"] else ""
    yield f"{partner['partner']}  {partner['name']} ({countries}{group}): {standing(partner, now)}"
    admission = partner["admission"]
    if admission:
        yield (
            f"  admission {admission['decision']} {instant(admission['at'])}{_signed(admission)}"
            f" {_at(admission)}"
        )
    for each in partner["agreements"]:
        yield f"  agreement {each['agreement']}: {_terms(each, now)}{_signed(each)} {_at(each)}"
    for each in partner["asserted"]:
        yield f"  asserted agreement {each['reference']}, from {each['source']}: no proof {_at(each)}"
    for each in partner["builds"]:
        yield (
            f"  build {each['version']} of {each['integration']}, {each['build'][:12]}…: {each['state']}"
            f" {_at(each)}"
        )
    yield from _stops(partner)
    refused = ", ".join(f"{count} by {rule}" for rule, count in partner["refusals"].items())
    yield f"  {partner['disclosures']} disclosures; refused: {refused or 'nothing'}"


def _terms(agreement: Row, now: int) -> str:
    terms = agreement["terms"]
    state = "in force" if is_serving(agreement, now) else "not in force"
    own, friends = (", ".join(terms[name]) or "nothing" for name in ("self", "friends"))
    return (
        f"{state}, {instant(terms['from'])} to {instant(terms['until'])}, for {', '.join(terms['purposes'])},"
        f" custody {terms['custody']}; user: {own}; friends: {friends}"
    )


def _stops(partner: Row) -> Iterator[str]:
    for each in partner["holds"]:
        end = f", ended {instant(each['ended_at'])}" if each["ended_at"] is not None else ", in place"
        yield f"  hold by {each['cause']} {instant(each['at'])}{end}: {each['reason']} {_at(each)}"
    for each in partner["exemptions"]:
        end = "ended" if each["ended_at"] is not None else f"until {instant(each['until'])}"
        yield f"  exempt from {each['rule']}, {end}: {each['reason']} {_at(each)}"
    for each in partner["certifications"]:
        what = f"{each['purpose']} ({', '.join(each['categories'])})"
        given = f"certified until {instant(each['until'])}" if each["given"] else "certification missed"
        yield f"  {given}: {what} {_at(each)}"
    for each in partner["winddowns"]:
        steps = ", ".join(step["step"] for step in each["steps"]) or "no step yet"
        certificate = (
            f"; certificate {each['certificate']}" if each["certificate"] else "; no certificate yet"
        )
        yield (
            f"  wind-down of agreement {each['agreement']}, closes {instant(each['closes'])}: {steps}"
            f"{certificate} {_at(each)}"
        )


def _programme_lines(register: Row) -> Iterator[str]:
    rows: Sequence[Row] = register["lists"]
    for each in rows[-10:]:
        published = each["published"] or "no date"
        yield f"list {each['list']} of {published}: {each['records']} records {_at(each)}"
    for each in register["rules"]:
        end = f" to {each['until']}" if each["until"] else ""
        yield f"rule {each['rule']} from {each['from']}{end} {_at(each)}"
    for each in register["volume"]:
        share = f"{each['percent']} % of the limit for {each['class']}"
        yield f"group {each['group']} reached {share} {_at(each)}"
    for name, count in register["unregistered"].items():
        yield f"NOT REGISTERED: {name}, {count} entries name it"


def withholding_lines(withholding: Row, now: int) -> Iterator[str]:
    """Yield every order that ever withheld an item in a country, and how it stands at an instant."""
    orders: Sequence[Row] = withholding["orders"]
    standing_now = sum(withholds(each, now) for each in orders)
    switch = "on" if withholding["on"] else "off"
    yield f"country withholding: switched {switch}; {standing_now} orders in force of {len(orders)} ever"
    for each in withholding["switches"]:
        yield f"  switched {each['state']} {instant(each['at'])}: {each['reason']}{_signed(each)} {_at(each)}"
    for each in orders:
        what = f"a {each['item']} in {each['country']}, by {each['issuer']}; {each['basis']}"
        yield f"  {each['order']}: {what}; {order_state(each, now)}{_signed(each)} {_at(each)}"
        for objection in each["objections"]:
            yield f"    objection of staff {instant(objection['at'])}: {objection['text']} {_at(objection)}"


def withholds(order: Row, now: int) -> bool:
    """Tell whether an order's row stands for one that withholds its item at an instant (Unix ms)."""
    ended = order["lifted"] is not None or order["lapsed"] is not None
    return order["in_effect"] is not None and not ended and now < order["until"]


def order_state(order: Row, now: int) -> str:
    """Say how an order stands at an instant (Unix ms), and its appeal."""
    if order["lifted"] is not None:
        lifted = order["lifted"]
        state = f"lifted {instant(lifted['at'])} ({lifted['cause']}): {lifted['reason']}"
    elif withholds(order, now):
        state = f"from {instant(order['at'])} until {instant(order['until'])}"
    elif order["in_effect"] is None:
        state = "announced, and not in effect"
    else:
        state = f"lapsed {instant(order['until'])}"
    if order["appeal_pending"]:
        return f"{state}; an appeal is pending"
    decided = order["decisions"]
    return f"{state}; appeal {decided[-1]['decision']}" if decided else state


def _signed(row: Row) -> str:
    count = row["signers"]
    return f", signed by {count}" if count else ""


def _at(row: Row) -> str:
    return f"[entry {row['entry']}]"
