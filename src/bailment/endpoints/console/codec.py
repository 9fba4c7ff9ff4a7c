"""From an opened entry to a row of the page. Pure; reasons are spelled out only here, on demand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bailment.ledger.cbor import Value
from bailment.model.encoding import base64url
from bailment.model.fields import ALL_FIELDS, names_of

BASE_RULES = ("agreement", "build", "grant", "jurisdiction")
_NOTHING = "takes nothing"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule and what it took away, for how many persons (None: for all)."""

    rule: str
    takes: str
    persons: int | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to look at: the rule took nothing away."""
        return self.takes == _NOTHING

    @property
    def sentence(self) -> str:
        """What the rule took away, and for how many."""
        if self.persons is None:
            return self.takes
        return f"{self.takes}, for {self.persons} {'friend' if self.persons == 1 else 'friends'}"


@dataclass(frozen=True, slots=True)
class Row:
    """One disclosure or refusal as the page shows it; `receipt` is spelled as phones get it."""

    at: str
    kind: str
    title: str
    partner: str
    integration: str
    build: str
    outcome: str
    reasons: tuple[Reason, ...]
    receipt: str


def page_row(kind: str, fields: Mapping[str, Value], details: Mapping[str, Value], at: str) -> Row:
    """Build the row of a disclosure or refusal from its entry's clear fields and its opened details."""
    build = fields.get("build")
    commitment = fields.get("commitment")
    return Row(
        at=at,
        kind=kind,
        title=_title(details),
        partner=str(fields.get("partner", "")),
        integration=str(fields.get("integration", "")),
        build=build.hex()[:12] if isinstance(build, bytes) else "not registered",
        outcome=_outcome(kind, fields, details),
        reasons=tuple(_base_reasons(details) + _friend_reasons(details)),
        receipt=base64url(commitment) if isinstance(commitment, bytes) else "",
    )


def _title(details: Mapping[str, Value]) -> str:
    titles = {
        "me": "own profile",
        "friends": "friends list",
        "friend": "one friend",
        "some": "some friends",
    }
    route = str(details.get("route", ""))
    return titles.get(route, route)


def _outcome(kind: str, fields: Mapping[str, Value], details: Mapping[str, Value]) -> str:
    if kind == "refusal":
        return f"refused by rule {fields.get('rule')}"
    if not details:
        return "details cannot be opened: their person was erased"
    if details.get("wrote"):
        return f"wrote: {str(details['wrote']).rpartition(' ')[0]}"
    words = {"shown": "answered", "absent": "answered that there is nothing", "not-modified": "not modified"}
    outcome = words.get(str(details.get("outcome")), str(details.get("outcome")))
    return f"{outcome}: {details.get('shown')} shown, {details.get('withheld')} withheld"


def _base_reasons(details: Mapping[str, Value]) -> list[Reason]:
    masks = details.get("rules")
    if not isinstance(masks, Sequence):
        return []
    return [Reason(rule, _takes(mask)) for rule, mask in zip(BASE_RULES, masks, strict=False)]


def _friend_reasons(details: Mapping[str, Value]) -> list[Reason]:
    """Sum up the friends' own rules: for each distinct setting, what it closes and for how many."""
    counted: dict[tuple[str, str], int] = {}
    for pair in filter(None, str(details.get("reasons", "")).split(";")):
        rules, _, count = pair.partition(":")
        setting, _, audience = rules.partition("/")
        for rule, text in (("setting", setting), ("audience", audience)):
            key = rule, _takes(ALL_FIELDS if text == "*" else int(text) if text else None)
            counted[key] = counted.get(key, 0) + int(count)
    return [Reason(rule, takes, persons) for (rule, takes), persons in sorted(counted.items(), key=_order)]


def _order(item: tuple[tuple[str, str], int]) -> tuple[bool, int, str]:
    """Settings before audiences, as the kernel has them; what concerns most friends first."""
    (rule, takes), persons = item
    return rule == "audience", -persons, takes


def _takes(mask: Value) -> str:
    if not isinstance(mask, int):
        return "unknown, so takes everything"
    cleared = ALL_FIELDS & ~mask
    if not cleared:
        return _NOTHING
    if cleared == ALL_FIELDS:
        return "takes everything"
    kept, taken = names_of(ALL_FIELDS & mask), names_of(cleared)
    return f"keeps only {', '.join(kept)}" if len(kept) < len(taken) else f"takes {', '.join(taken)}"
