"""Rules as dated data: read strictly from a plain JSON document, written back, and picked by date.

The document is `{"v": 1, "rules": [...]}`; each rule is an object with exactly the fields of
`model.screening.Rule`. Nothing in the code knows a regime by name except the limbs of 28 CFR 202
(`covered_person`), so switching a regime on or off, or adding a rule of the house, is a change of data.

`SHIPPED_RULES` are the regimes that come with Bailment; a house adds its own in the same form.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from bailment.model.errors import Malformed
from bailment.model.fields import Category
from bailment.model.programme import check_country, check_slug
from bailment.model.screening import Effect, Propagation, Rule
from bailment.screening.shipped_rules import BLOCKING_LISTS, SHIPPED_RULES

__all__ = ["ALL_DATA", "SHIPPED_RULES", "in_force", "parse_rules", "spell_rules", "why_never_exempt"]

ALL_DATA = "all"
SCOPES = (ALL_DATA, *(each.value for each in Category))
"""What a rule may be about: all data, or data of some categories."""
MAX_RULES_BYTES = 1 << 20

_E = TypeVar("_E", bound=Enum)
_FIELDS = tuple(field.name for field in fields(Rule))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def in_force(rules: Iterable[Rule], date: str) -> tuple[Rule, ...]:
    """Return the rules that hold on a date, in their order."""
    return tuple(rule for rule in rules if rule.holds_on(date))


def why_never_exempt(rule: Rule) -> str:
    """Return why no partner can be exempted from a rule, "" where one can.

    Source: 31 CFR 501.801 (from memory): dealings with blocked persons are licensed by OFAC, by nobody else.
    """
    if rule.list_id in BLOCKING_LISTS:
        return f"list {rule.list_id} blocks by law, and only its publisher can license what it blocks"
    if rule.effect is Effect.REFUSE:
        return "a rule that refuses leaves nothing to decide; end or change it where it is wrong"
    return ""


def spell_rules(rules: Iterable[Rule]) -> str:
    """Write rules as the JSON document that `parse_rules` reads."""
    document = {"v": 1, "rules": [_spell(rule) for rule in rules]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _spell(rule: Rule) -> dict[str, object]:
    values = ((name, getattr(rule, name)) for name in _FIELDS)
    return {name: value.value if isinstance(value, Enum) else value for name, value in values}


def parse_rules(raw: str | bytes) -> tuple[Rule, ...]:
    """Read the JSON document of rules.

    Raises:
        Malformed: anything outside the format, also an unknown or doubled field, a doubled rule, and a rule
            that could never reach anyone or never hold; `where` is like `rules[3].effect`.
    """
    if len(raw) > MAX_RULES_BYTES:
        raise Malformed("rules above 1 MiB", where="rules")
    try:
        document = json.loads(raw, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise Malformed("not a JSON document", where="rules") from error
    # Spelled out, because in Python `true` and `1.0` equal 1 as well.
    if not isinstance(document, dict) or document.keys() != {"v", "rules"} or repr(document["v"]) != "1":
        raise Malformed('give an object with "v": 1 and "rules"', where="rules")
    if not isinstance(document["rules"], list):
        raise Malformed("give an array", where="rules")
    rules = tuple(_rule(each, f"rules[{place}]") for place, each in enumerate(document["rules"]))
    known: set[str] = set()
    for place, rule in enumerate(rules):
        if rule.rule_id in known:
            raise Malformed("a rule with this id stands before", where=f"rules[{place}].rule_id")
        known.add(rule.rule_id)
    return rules


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Refuse a doubled field: readers differ in which of two they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("a field is given twice", where="rules")
    return found


def _rule(raw: object, where: str) -> Rule:
    if not isinstance(raw, dict):
        raise Malformed("give an object", where=where)
    for name in sorted(raw.keys() ^ set(_FIELDS)):
        raise Malformed("unknown field" if name in raw else "this field is needed", where=f"{where}.{name}")
    rule = Rule(**{name: _READERS[name](raw[name], f"{where}.{name}") for name in _FIELDS})
    _check(rule, where)
    return rule


def _check(rule: Rule, where: str) -> None:
    """Refuse a rule that says nothing: one that starts from nobody, or whose end is not after its start."""
    jurisdiction = rule.propagation is Propagation.JURISDICTION
    if jurisdiction and (rule.list_id or not rule.countries):
        raise Malformed("a rule of jurisdiction starts from countries alone", where=f"{where}.countries")
    if rule.propagation is Propagation.NONE and (rule.countries or not rule.list_id):
        raise Malformed("a rule without propagation starts from a list alone", where=f"{where}.list_id")
    if not rule.list_id and not rule.countries:
        raise Malformed("a rule starts from a list, from countries or from both", where=f"{where}.list_id")
    if rule.effect is Effect.CLEAR:
        raise Malformed("a rule signals, holds or refuses", where=f"{where}.effect")
    if rule.valid_to and rule.valid_to <= rule.valid_from:
        raise Malformed("the end is not after the start", where=f"{where}.valid_to")


def _text(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not raw.strip() or len(raw) > 1_000:
        raise Malformed("give a text of 1 to 1,000 characters", where=where)
    return raw


def _checked(check: Callable[[str, str], str]) -> Callable[[object, str], str]:
    """Return a reader that asks for a text, and then what `check` asks."""
    return lambda raw, where: check(_text(raw, where), where)


def _category(raw: str, where: str) -> str:
    if raw not in SCOPES:
        raise Malformed(f"use one of: {', '.join(SCOPES)}", where=where)
    return raw


def _or_nothing(read: Callable[[object, str], str]) -> Callable[[object, str], str]:
    return lambda raw, where: "" if raw == "" else read(raw, where)


def _several(read: Callable[[object, str], str], least: int) -> Callable[[object, str], tuple[str, ...]]:
    def read_all(raw: object, where: str) -> tuple[str, ...]:
        if not isinstance(raw, list) or len(raw) < least:
            raise Malformed(f"give an array of at least {least}", where=where)
        found = tuple(read(each, f"{where}[{place}]") for place, each in enumerate(raw))
        if len(set(found)) < len(found):
            raise Malformed("one of these is given twice", where=where)
        return found

    return read_all


def _one_of(kind: type[_E]) -> Callable[[object, str], _E]:
    by_value = {each.value: each for each in kind}

    def read(raw: object, where: str) -> _E:
        if not isinstance(raw, str) or raw not in by_value:
            raise Malformed(f"use one of: {', '.join(by_value)}", where=where)
        return by_value[raw]

    return read


def _date(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not _DATE.fullmatch(raw):
        raise Malformed("give a date like 2026-11-10", where=where)
    try:
        dt.date.fromisoformat(raw)
    except ValueError as error:
        raise Malformed("there is no such day", where=where) from error
    return raw


_READERS: dict[str, Callable[[object, str], Any]] = {
    "rule_id": _checked(check_slug),
    "title": _text,
    "citation": _text,
    "list_id": _or_nothing(_checked(check_slug)),
    "propagation": _one_of(Propagation),
    "countries": _several(_checked(check_country), 0),
    "scope": _several(_checked(_category), 1),
    "effect": _one_of(Effect),
    "valid_from": _date,
    "valid_to": _or_nothing(_date),
}
