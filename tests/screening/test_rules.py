"""Rules as data: what is written is read back, and what is outside the format is refused with its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Malformed
from bailment.model.screening import Effect, Propagation, Rule
from bailment.screening.rules import MAX_RULES_BYTES, SHIPPED_RULES, in_force, parse_rules, spell_rules

HOUSE = Rule(
    "house-1",
    "No such suppliers",
    "Board, 3 May",
    "house",
    Propagation.OWNED_25,
    (),
    ("all",),
    Effect.HOLD,
    "2026-01-01",
)
_TEXT = st.text(min_size=1, max_size=20).filter(str.strip)
_RULES = st.builds(
    Rule,
    st.just("x"),
    _TEXT,
    _TEXT,
    st.sampled_from(["house", "us-ofac-sdn"]),
    st.sampled_from([each for each in Propagation if each.threshold or each is Propagation.CONTROL]),
    st.lists(st.sampled_from(["CN", "DE", "KP"]), unique=True).map(tuple),
    st.lists(st.sampled_from(["all", "identifier"]), unique=True, min_size=1).map(tuple),
    st.sampled_from([Effect.SIGNAL, Effect.HOLD, Effect.REFUSE]),
    st.dates().map(str),
)


@given(_RULES)
def test_rules_come_back_as_they_were(rule: Rule) -> None:
    """Spelled and parsed is the same rule."""
    assert parse_rules(spell_rules([rule])) == (rule,)


def test_the_shipped_rules_are_sound() -> None:
    """They pass the strict reader, as bytes too."""
    assert parse_rules(spell_rules(SHIPPED_RULES).encode()) == SHIPPED_RULES


def _changed(**fields: object) -> str:
    document = json.loads(spell_rules([HOUSE]))
    document["rules"][0] |= fields
    return json.dumps(document)


def _without(name: str) -> str:
    document: dict[str, Any] = json.loads(spell_rules([HOUSE]))
    del document["rules"][0][name]
    return json.dumps(document)


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ("{", "rules"),
        ("[" * 100_000, "rules"),
        ("[]", "rules"),
        ('{"v": 2, "rules": []}', "rules"),
        ('{"v": true, "rules": []}', "rules"),
        ('{"v": 1, "rules": [], "more": 1}', "rules"),
        ('{"v": 1, "rules": {}}', "rules"),
        ('{"v": 1, "v": 1, "rules": []}', "rules"),
        ('{"v": 1, "rules": [5]}', r"rules\[0\]"),
        (b"\xff", "rules"),
        (" " * (MAX_RULES_BYTES + 1), "rules"),
        (_without("citation"), r"rules\[0\].citation"),
        (_changed(note="x"), r"rules\[0\].note"),
        (_changed(rule_id="House 1"), r"rules\[0\].rule_id"),
        (_changed(title=" "), r"rules\[0\].title"),
        (_changed(citation=None), r"rules\[0\].citation"),
        (_changed(list_id=7), r"rules\[0\].list_id"),
        (_changed(propagation="owned-30"), r"rules\[0\].propagation"),
        (_changed(effect="clear"), r"rules\[0\].effect"),
        (_changed(effect=["hold"]), r"rules\[0\].effect"),
        (_changed(countries="CN"), r"rules\[0\].countries"),
        (_changed(countries=["CHN"]), r"rules\[0\].countries\[0\]"),
        (_changed(countries=["CN", "CN"]), r"rules\[0\].countries"),
        (_changed(scope=[]), r"rules\[0\].scope"),
        (_changed(scope=["All"]), r"rules\[0\].scope\[0\]"),
        (_changed(scope=["geolocation"]), r"rules\[0\].scope\[0\]"),
        (_changed(valid_from=""), r"rules\[0\].valid_from"),
        (_changed(valid_from="2026-02-30"), r"rules\[0\].valid_from"),
        (_changed(valid_from="20260201"), r"rules\[0\].valid_from"),
        (_changed(valid_to="2026-01-01"), r"rules\[0\].valid_to"),
        (_changed(list_id=""), r"rules\[0\].list_id"),
        (_changed(propagation="jurisdiction"), r"rules\[0\].countries"),
        (_changed(propagation="jurisdiction", list_id=""), r"rules\[0\].countries"),
        (_changed(propagation="none", countries=["CN"]), r"rules\[0\].list_id"),
        (spell_rules([HOUSE, HOUSE]), r"rules\[1\].rule_id"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and value.startswith("rules") else "",
)
def test_what_is_outside_the_format_is_refused(raw: str | bytes, where: str) -> None:
    """Every fault is refused with the place where it stands."""
    with pytest.raises(Malformed) as caught:
        parse_rules(raw)
    assert caught.match(f"^{where}: ")


def test_a_rule_holds_from_its_first_date_to_before_its_last() -> None:
    """The Affiliates Rule goes on, off and on again by its dates alone."""
    expected = {
        "2025-09-28": [],
        "2025-09-29": ["us-bis-affiliates-2025"],
        "2025-11-09": ["us-bis-affiliates-2025"],
        "2025-11-10": [],
        "2026-11-09": [],
        "2026-11-10": ["us-bis-affiliates-2026"],
    }
    found = {
        date: [rule.rule_id for rule in in_force(SHIPPED_RULES, date) if "affiliates" in rule.rule_id]
        for date in expected
    }
    assert found == expected


_Pick = Callable[[Rule], object]


@pytest.mark.parametrize(
    ("rule_id", "pick", "expected"),
    [
        (
            "us-part202-owned",
            lambda rule: (rule.propagation, rule.valid_from),
            (Propagation.OWNED_50, "2025-04-08"),
        ),
        (
            "us-ofac-sdn-50",
            lambda rule: (rule.propagation, rule.effect),
            (Propagation.OWNED_50, Effect.REFUSE),
        ),
        ("us-ofac-ns-cmic", lambda rule: (rule.propagation, rule.effect), (Propagation.NONE, Effect.SIGNAL)),
        ("us-padfa-owned-20", lambda rule: rule.countries, ("CN", "IR", "KP", "RU")),
        ("us-ndaa-889-control", lambda rule: rule.propagation, Propagation.CONTROL),
        ("us-fcc-covered", lambda rule: rule.effect, Effect.SIGNAL),
        ("us-dod-1260h", lambda rule: (rule.effect, rule.valid_from), (Effect.SIGNAL, "2026-06-30")),
        ("us-bis-affiliates-2026", lambda rule: "TO BE CONFIRMED BY COUNSEL" in rule.title, True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_shipped_regimes_say_what_the_law_says(rule_id: str, pick: _Pick, expected: object) -> None:
    """The figures of each regime that its citation gives."""
    assert pick(next(rule for rule in SHIPPED_RULES if rule.rule_id == rule_id)) == expected


def test_every_shipped_rule_says_how_its_citation_is_known() -> None:
    """Seen, second-hand or from memory stands in the citation, and in the document beside the rule's id."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "screening-verdicts.md").read_text(
        encoding="utf-8"
    )
    for rule in SHIPPED_RULES:
        assert any(mark in rule.citation for mark in ("seen", "second-hand", "from memory")), rule.rule_id
        assert f"`{rule.rule_id}`" in page
        assert rule.citation in page, rule.rule_id
