"""One partner's timeline: everything that became of it, in the ledger's order, in words. Pure.

It is made of the public register's rows, so that it can show nothing that an outsider could not rebuild: how
many signed a decision, never who. Times are judged at an instant that is given.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bailment.ledger.register_text import instant, is_serving, standing

_TONES = {"agreement in force": "good", "on hold": "stop", "winding down": "warn", "asserted only": "warn"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: `clock` is HH:MM in UTC, `tone` its colour, `entry` the ledger's index.

    `signers` is how many operators signed it, None where nobody did; `in_effect` the index of the entry that
    says when it bound, None as long as there is none; `pending` says that one is still to come.
    """

    clock: str
    title: str
    detail: str
    tone: str
    entry: int
    in_effect: int | None
    signers: int | None
    pending: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The moments of one day, written `2026-11-22`."""

    date: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the current state: a label, a value, and what is to be said of it."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """A partner's page: where it stands now, and its days, newest last."""

    partner: str
    name: str
    standing: str
    tone: str
    why: str
    figures: tuple[Figure, ...]
    days: tuple[Day, ...]
    as_of: str
    origin: str
    size: int


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner in the list of all."""

    partner: str
    name: str
    country: str
    standing: str
    tone: str
    disclosures: int


def partner_lines(register: Mapping[str, Any], now: int) -> list[PartnerLine]:
    """Return every partner in a line."""
    lines = []
    for each in register["partners"]:
        stands = standing(each, now)
        tone = _TONES.get(stands, "quiet")
        lines.append(
            PartnerLine(each["partner"], each["name"], each["country"], stands, tone, each["disclosures"])
        )
    return lines


def partner_page(register: Mapping[str, Any], partner_id: str, now: int) -> PartnerPage | None:
    """Return a partner's page as of an instant (Unix ms), or None when the register does not have it."""
    row = next((each for each in register["partners"] if each["partner"] == partner_id), None)
    if row is None:
        return None
    stands, ledger = standing(row, now), register["ledger"]
    return PartnerPage(
        partner_id,
        row["name"],
        stands,
        _TONES.get(stands, "quiet"),
        _why(row, now),
        tuple(_figures(row, now)),
        tuple(_days(row["events"])),
        instant(now),
        ledger["origin"],
        ledger["size"],
    )


def _why(row: Mapping[str, Any], now: int) -> str:
    """Say in a sentence why the partner stands where it does."""
    if row["on_hold"]:
        reasons = "; ".join(row["on_hold"])
        return f"Nothing is answered until it is lifted. Public reason: {reasons}"
    closing = [each for each in row["agreements"] if is_serving(each, now) and each["closes_at"] is not None]
    if closing:
        return f"Agreement {closing[-1]['agreement']} closes {instant(closing[-1]['closes_at'])}."
    certified = [each for each in row["winddowns"] if each["certificate"]]
    if certified:
        when = instant(certified[-1]["certified_at"])
        return f"Its wind-down was certified {when}; nothing is answered any more."
    serving = [each for each in row["agreements"] if is_serving(each, now)]
    if serving:
        until = instant(serving[-1]["terms"]["until"])
        return f"Version {serving[-1]['agreement']} of its agreement, until {until}."
    return "Nothing is answered: no agreement is in force."


def _figures(row: Mapping[str, Any], now: int) -> list[Figure]:
    owners = ", ".join(row["owner_countries"])
    figures = [Figure("Country", row["country"], f"owners in {owners}" if owners else "")]
    if row["group"]:
        figures.append(Figure("Group", row["group"]))
    serving = [each for each in row["agreements"] if is_serving(each, now)]
    if serving:
        terms = serving[-1]["terms"]
        figures += [
            Figure("Of the user", _few(terms["self"])),
            Figure("Of friends", _few(terms["friends"])),
            Figure("Purposes", ", ".join(terms["purposes"])),
            Figure("Kept by", terms["custody"]),
        ]
    approved = [f"{each['integration']} {each['version']}" for each in row["builds"] if each["approved"]]
    figures.append(Figure("Builds approved", ", ".join(approved) or "none", "as declared by the client"))
    refused = ", ".join(f"{count} by {rule}" for rule, count in row["refusals"].items())
    figures.append(Figure("Disclosures", str(row["disclosures"]), f"refused: {refused or 'nothing'}"))
    return figures


def _few(names: Sequence[str]) -> str:
    """Name the fields, or the first of many and how many more."""
    if len(names) <= 8:
        return ", ".join(names) or "nothing"
    return f"{', '.join(names[:7])} and {len(names) - 7} more"


def _days(events: Sequence[Mapping[str, Any]]) -> list[Day]:
    dated = [(instant(each["at"]), each) for each in events]
    return [
        Day(date, tuple(_moment(when[11:16], each) for when, each in group))
        for date, group in groupby(dated, key=lambda item: item[0][:10])
    ]


def _moment(clock: str, event: Mapping[str, Any]) -> Moment:
    title, detail, tone = _WORDS.get(event["kind"], _other)(event)
    effect = event["in_effect"]
    pending = effect is None and event["kind"] in _BINDING
    return Moment(clock, title, detail, tone, event["entry"], effect, event["signers"], pending)


# What binds from its "in effect" entry on, so that one has to follow.
_BINDING = frozenset(
    {"agreement.signed", "agreement.ended", "build.withdrawn", "hold.placed", "winddown.planned"}
)


_Words = tuple[str, str, str]


def _other(event: Mapping[str, Any]) -> _Words:
    """Show a kind that has no words of its own by its name."""
    return event["kind"], "", "quiet"


def _added(event: Mapping[str, Any]) -> _Words:
    owners = ", ".join(event["owner_countries"])
    detail = f"{event['name']}, {event['country']}" + (f"; owners in {owners}" if owners else "")
    return "Added to the register", detail, "quiet"


def _decided(event: Mapping[str, Any]) -> _Words:
    tone = "good" if event["decision"] in {"admitted", "approved", "admit"} else "stop"
    return (
        f"Admission: {event['decision']}",
        f"{event['reason']} (revision {event['revision']} of its file)",
        tone,
    )


def _signed(event: Mapping[str, Any]) -> _Words:
    terms = event["terms"]
    detail = (
        f"{instant(terms['from'])} to {instant(terms['until'])}, for {', '.join(terms['purposes'])}; "
        f"of the user: {_few(terms['self'])}; of friends: {_few(terms['friends'])}; "
        f"kept by: {terms['custody']}"
    )
    return f"Agreement {event['agreement']} signed", detail, "good"


def _asserted(event: Mapping[str, Any]) -> _Words:
    detail = f"{event['reference']}, from {event['source']}. It is proof of nothing."
    return "An agreement from before, asserted", detail, "warn"


def _build(title: str, tone: str) -> Callable[[Mapping[str, Any]], _Words]:
    def words(event: Mapping[str, Any]) -> _Words:
        reason = f": {event['reason']}" if "reason" in event else ""
        return title, f"{event['integration']} {event['version']}, {event['build'][:16]}…{reason}", tone

    return words


def _certified(event: Mapping[str, Any]) -> _Words:
    what = f"{event['purpose']}: {', '.join(event['categories'])}"
    if "until" in event:
        return "Use certified", f"{what}, until {instant(event['until'])}", "good"
    return "Certification did not come", f"{what}; access to it is closed", "stop"


def _exempted(event: Mapping[str, Any]) -> _Words:
    return f"Exempt from {event['rule']}", f"{event['reason']}, until {instant(event['until'])}", "warn"


def _planned(event: Mapping[str, Any]) -> _Words:
    stages = (
        f"no new grants {instant(event['no_grants'])}, no new tokens {instant(event['no_tokens'])}, "
        f"read-only {instant(event['read_only'])}, closed {instant(event['closes'])}"
    )
    return f"Wind-down of agreement {event['agreement']} planned", f"{event['reason']}: {stages}", "warn"


def _limited(event: Mapping[str, Any]) -> _Words:
    title = "Volume limits bind" if event["limited"] else "Volume limits no longer bind"
    return title, "28 CFR 202.205", "warn"


def _stepped(event: Mapping[str, Any]) -> _Words:
    return f"Wind-down: {event['step'].replace('-', ' ')}", f"agreement {event['agreement']}", "warn"


def _closed(event: Mapping[str, Any]) -> _Words:
    detail = f"certificate {event['certificate'][:16]}…, agreement {event['agreement']}"
    return "Wind-down certified", detail, "stop"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], _Words]] = {
    "partner.added": _added,
    "partner.grouped": lambda event: ("Put into a group", event["group"] or "of its own", "quiet"),
    "admission.filed": lambda event: ("Admission file handed in", f"revision {event['revision']}", "quiet"),
    "admission.decided": _decided,
    "integration.added": lambda event: ("Integration added", event["name"], "quiet"),
    "integration.opened": lambda event: (
        "Opened to apps that register themselves",
        f"{event['integration']}, for {event['purpose']}, as build {event['build'][:16]}…",
        "good",
    ),
    "integration.closed": lambda event: (
        "Closed to apps that register themselves",
        event["integration"],
        "stop",
    ),
    "agreement.signed": _signed,
    "agreement.asserted": _asserted,
    "agreement.ended": lambda event: (f"Agreement {event['agreement']} ended", "for good", "stop"),
    "build.submitted": _build("Build submitted", "quiet"),
    "build.approved": _build("Build approved", "good"),
    "build.refused": _build("Build refused", "stop"),
    "build.withdrawn": _build("Approval of a build withdrawn", "stop"),
    "hold.placed": lambda event: (f"On hold, by {event['cause']}", event["reason"], "stop"),
    "hold.lifted": lambda event: (f"Hold by {event['cause']} lifted", "", "good"),
    "exemption.granted": _exempted,
    "exemption.ended": lambda event: ("Exemption ended", event["exemption"], "quiet"),
    "certification.given": _certified,
    "certification.missed": _certified,
    "volume.limited": _limited,
    "winddown.planned": _planned,
    "winddown.step": _stepped,
    "winddown.certified": _closed,
}
