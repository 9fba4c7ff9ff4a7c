"""The verdict: every rule in force answered, the strongest effect wins, and doubt is never a silent no."""

from dataclasses import replace

import pytest

from bailment.model.errors import Malformed
from bailment.model.screening import Determination, Effect, Kind, Match, Party, Profile, Propagation, Rule
from bailment.screening.decisions import Decision, StatedMatch, fingerprint_of_party, settle
from bailment.screening.ownership_csv import parse_edges
from bailment.screening.rules import SHIPPED_RULES
from bailment.screening.verdict import Finding, Verdict, explain_verdict, judge, strongest

ON = "2026-11-20"
YES, NO, DOUBT = Determination.YES, Determination.NO, Determination.CANNOT_DETERMINE
CLEAR, SIGNAL, HOLD, REFUSE = Effect
PARTIES = (
    Party("P", Kind.ENTITY, ("Lumen Mobile GmbH",), "DE", "DE"),
    Party("H", Kind.ENTITY, ("Lumen Holding BV",), "NL", "NL"),
    Party("X", Kind.ENTITY, ("Dorado SA",), "CH", "CH"),
    Party("A", Kind.PERSON, ("Anna A.",), "DE"),
    Party("B", Kind.PERSON, ("Berta B.",), "DE"),
)
LISTS = {rule.list_id: "2026-11-01" for rule in SHIPPED_RULES if rule.list_id} | {"house": "2026-10-01"}
CLEAN = "A>P:100"
PENDING = "by name alone, under review"
SDN = next(rule for rule in SHIPPED_RULES if rule.rule_id == "us-ofac-sdn-50")


def _rule(propagation: Propagation, effect: Effect = HOLD, *countries: str, list_id: str = "house") -> Rule:
    return Rule("r", "House rule", "Board", list_id, propagation, countries, ("all",), effect, "2026-01-01")


def _match(party: str, list_id: str = "house", by: str = "identifier") -> Match:
    return Match(
        party, f"name of {party}", list_id, f"entry-{party}", f"RECORD {party}", f"fp-{party}", 0.9, by
    )


def _judge(
    edges: str, rules: list[Rule], *matches: Match, parties: tuple[Party, ...] = PARTIES, on: str = ON
) -> Verdict:
    profile = Profile("P", parties, parse_edges(edges))
    return judge(profile, settle(matches, parties, []), rules, on, LISTS)


def _one(edges: str, rule: Rule, *matches: Match) -> tuple[Verdict, Finding]:
    verdict = _judge(edges, [rule], *matches)
    (finding,) = verdict.findings
    return verdict, finding


def test_a_clean_partner_is_clear_under_every_shipped_rule() -> None:
    """Owners known to the last, nobody listed: each rule says no, by list and date where it has one."""
    verdict = _judge(CLEAN, list(SHIPPED_RULES))
    assert {finding.determination for finding in verdict.findings} == {NO}
    assert (verdict.effect, verdict.blocks_approval, verdict.holds) == (CLEAR, False, False)
    assert len(verdict.findings) == len(SHIPPED_RULES) - 1  # The first Affiliates Rule has ended.
    for rule, finding in zip(
        [rule for rule in SHIPPED_RULES if rule.holds_on(ON)], verdict.findings, strict=True
    ):
        assert finding.sentences
        if rule.list_id:
            assert f"no match on list {rule.list_id} of 2026-11-01" in finding.sentences


@pytest.mark.parametrize(
    ("propagation", "edges", "determination"),
    [
        (Propagation.NONE, CLEAN, YES),
        (Propagation.OWNED_50, CLEAN, YES),
        (Propagation.CONTROL, CLEAN, YES),
        (Propagation.OWNED_20, "", YES),
    ],
)
def test_a_listed_partner_is_reached_by_every_propagation(
    propagation: Propagation, edges: str, determination: Determination
) -> None:
    """The named party itself is, whatever the rule carries further."""
    verdict, finding = _one(edges, _rule(propagation), _match("P"))
    assert (finding.determination, finding.effect, finding.record_id) == (determination, HOLD, "entry-P")
    assert finding.sentences[0] == (
        "Lumen Mobile GmbH is RECORD P on list house of 2026-10-01, record entry-P (by identifier)"
    )
    assert verdict.holds


@pytest.mark.parametrize(
    ("propagation", "edges", "determination"),
    [
        (Propagation.NONE, "X>P:100", NO),
        (Propagation.OWNED_50, "X>P:50;A>P:50", YES),
        (Propagation.OWNED_50, "X>H:60;H>P:60;A>P:40;B>H:40", YES),
        (Propagation.OWNED_50, "X>P:49;A>P:51", NO),
        (Propagation.OWNED_25, "X>P:25;A>P:75", YES),
        (Propagation.OWNED_25, "X>P:24;A>P:76", NO),
        (Propagation.OWNED_20, "X>P:20;A>P:80", YES),
        (Propagation.OWNED_20, "X>P:19;A>P:81", NO),
        (Propagation.CONTROL, "X>P:0 + control;A>P:100", YES),
        (Propagation.CONTROL, "X>P:50;A>P:50", YES),
        (Propagation.CONTROL, "X>P:49;A>P:51", NO),
    ],
)
def test_a_listed_owner_reaches_as_far_as_the_rule_says(
    propagation: Propagation, edges: str, determination: Determination
) -> None:
    """By nothing, by 50, 25 or 20 %, or by control; the record and the path are named."""
    _, finding = _one(edges, _rule(propagation), _match("X"))
    assert finding.determination is determination
    if determination is YES:
        assert (finding.list_id, finding.record_id) == ("house", "entry-X")
        assert finding.path[-1].owned == "P"


def test_an_owner_blocked_by_ofac_refuses_and_holds_at_once() -> None:
    """Ownership by a certain match has the rule's own effect."""
    verdict, finding = _one("X>P:50;A>P:50", SDN, _match("X", SDN.list_id))
    assert (finding.effect, verdict.effect, verdict.holds, verdict.blocks_approval) == (
        REFUSE,
        REFUSE,
        True,
        True,
    )


def test_an_owner_in_a_country_of_concern_holds_at_once() -> None:
    """28 CFR 202: half is owned from China."""
    parties = (*PARTIES[:2], replace(PARTIES[2], country="CN"), *PARTIES[3:])
    verdict = _judge("X>P:50;A>P:50", list(SHIPPED_RULES), parties=parties)
    held = {finding.rule_id for finding in verdict.findings if finding.effect is HOLD}
    assert held == {"us-part202-owned", "us-padfa-owned-20", "us-padfa-directed"}
    assert (verdict.effect, verdict.holds) == (HOLD, True)
    assert all(not finding.record_id for finding in verdict.findings)


@pytest.mark.parametrize("party", ["P", "X"])
def test_a_name_alone_opens_a_review_and_holds_nothing(party: str) -> None:
    """A pending hit, of the partner or its owner, blocks approval and leaves an admitted partner running."""
    verdict, finding = _one("X>P:60;A>P:40", SDN, _match(party, SDN.list_id, "name"))
    assert (finding.determination, finding.effect) == (DOUBT, SIGNAL)
    assert (verdict.holds, verdict.blocks_approval) == (False, True)
    assert [match.party_id for match in verdict.reviews] == [party]
    assert finding.record_id == f"entry-{party}"


def test_a_hit_that_two_reviewers_confirmed_holds() -> None:
    """The same hit, once it is decided; and nothing is left of it when they say that it is another."""
    match, rule = _match("P", by="name"), _rule(Propagation.OWNED_50)
    profile = Profile("P", PARTIES, parse_edges(CLEAN))
    found = []
    for same in (True, False):
        decision = Decision(fingerprint_of_party(PARTIES[0]), match.record_fingerprint, same)
        found.append(judge(profile, settle([match], PARTIES, [decision]), [rule], ON, LISTS))
    assert [(verdict.effect, verdict.reviews) for verdict in found] == [(HOLD, ()), (CLEAR, ())]


def test_a_hit_on_a_list_that_no_rule_asks_opens_no_review() -> None:
    """Lists count through rules only."""
    assert _judge(CLEAN, [SDN], _match("P", "other", "name")).reviews == ()


@pytest.mark.parametrize(
    ("effect", "expected", "blocks"), [(REFUSE, HOLD, True), (HOLD, HOLD, True), (SIGNAL, SIGNAL, False)]
)
def test_a_doubt_about_a_matched_owners_share_holds(effect: Effect, expected: Effect, blocks: bool) -> None:  # noqa: FBT001 - expected
    """It may own half: a rule that holds or refuses holds, and one that signals signals."""
    verdict, finding = _one("X>P:40-60;A>P:40", _rule(Propagation.OWNED_50, effect), _match("X"))
    assert (finding.determination, finding.effect) == (DOUBT, expected)
    assert verdict.blocks_approval is blocks


@pytest.mark.parametrize("edges", ["", "A>P:40", "H>P:100", "Z>P:100", "A>P:60;B>P:60"])
def test_owners_that_nobody_knows_block_approval_and_hold_nothing(edges: str) -> None:
    """No owner, too few, a holding without owners, one not described, and shares above the whole."""
    verdict, finding = _one(edges, _rule(Propagation.OWNED_50, REFUSE))
    assert (finding.determination, finding.effect) == (DOUBT, SIGNAL)
    assert (verdict.holds, verdict.blocks_approval) == (False, True)
    assert finding.sentences[0] == "no match on list house of 2026-10-01"


def test_control_without_ownership_is_a_signal() -> None:
    """OFAC FAQ 398: not blocked, and not passed over."""
    verdict, finding = _one("X>P:49 + control;A>P:51", SDN, _match("X", SDN.list_id))
    assert (finding.determination, finding.effect) == (NO, SIGNAL)
    assert not verdict.blocks_approval


@pytest.mark.parametrize(
    ("country", "business", "determination", "effect"),
    [("CN", "DE", YES, HOLD), ("DE", "CN", YES, HOLD), ("DE", "DE", NO, CLEAR), ("DE", "", DOUBT, SIGNAL)],
)
@pytest.mark.parametrize("rule_id", ["r", "us-part202-jurisdiction"])
def test_jurisdiction(
    country: str, business: str, determination: Determination, effect: Effect, rule_id: str
) -> None:
    """A house rule of jurisdiction and that of 28 CFR 202 answer alike for a foreign entity."""
    rule = replace(_rule(Propagation.JURISDICTION, HOLD, "CN", list_id=""), rule_id=rule_id)
    partner = replace(PARTIES[0], country=country, business_country=business)
    (finding,) = _judge(CLEAN, [rule], parties=(partner, *PARTIES[1:])).findings
    assert (finding.determination, finding.effect) == (determination, effect)


@pytest.mark.parametrize("propagation", [Propagation.NONE, Propagation.OWNED_50, Propagation.CONTROL])
def test_a_list_that_was_not_screened_against_gives_no_no(propagation: Propagation) -> None:
    """Absence from what was not looked at means nothing."""
    verdict, finding = _one(CLEAN, _rule(propagation, list_id="elsewhere"))
    assert (finding.determination, finding.effect, verdict.blocks_approval) == (DOUBT, SIGNAL, True)
    assert "list elsewhere was not screened against" in finding.sentences


def test_a_list_that_was_not_screened_against_takes_no_yes_away() -> None:
    """An owner from China is enough, whoever else may be designated; and it is said once."""
    rule = next(rule for rule in SHIPPED_RULES if rule.rule_id == "us-part202-owned")
    parties = (*PARTIES[:2], replace(PARTIES[2], country="CN"), *PARTIES[3:])
    found = []
    for edges in ("X>P:50;A>P:50", CLEAN, "X>P:?;A>P:50"):
        verdict = judge(Profile("P", parties, parse_edges(edges)), (), [rule], ON, {})
        found.append((verdict.findings[0].determination, verdict.effect))
        assert sum("not screened" in sentence for sentence in verdict.findings[0].sentences) <= 1
    assert found == [(YES, HOLD), (DOUBT, SIGNAL), (DOUBT, HOLD)]


def test_a_doubt_about_an_owner_from_a_country_holds_though_nobody_is_listed() -> None:
    """28 CFR 202 with the list asked: the Chinese owner's share is unknown."""
    rule = next(rule for rule in SHIPPED_RULES if rule.rule_id == "us-part202-owned")
    parties = (*PARTIES[:2], replace(PARTIES[2], country="CN"), *PARTIES[3:])
    (finding,) = _judge("X>P:?;A>P:50", [rule], parties=parties).findings
    assert (finding.determination, finding.effect) == (DOUBT, HOLD)


def test_only_rules_in_force_are_asked_and_none_is_clear() -> None:
    """A rule of another day says nothing; without rules nothing is found."""
    rule = replace(_rule(Propagation.NONE), valid_to="2026-11-20")
    assert [len(_judge(CLEAN, [rule], _match("P"), on=on).findings) for on in ("2026-11-19", ON)] == [1, 0]
    assert _judge(CLEAN, []).effect is CLEAR


def test_the_strongest_effect_wins() -> None:
    """In the order clear, signal, hold, refuse."""
    assert strongest([SIGNAL, REFUSE, HOLD]) is REFUSE
    assert strongest([SIGNAL, CLEAR]) is SIGNAL
    assert strongest([]) is CLEAR


def test_a_certain_record_is_named_before_a_pending_one() -> None:
    """Two entries on one list are like the owner: the finding names the one that is sure."""
    unsure = replace(_match("X", by="name"), record_id="unsure")
    _, finding = _one("X>P:60;A>P:40", _rule(Propagation.OWNED_50), unsure, _match("X"))
    assert (finding.determination, finding.record_id) == (YES, "entry-X")


def test_the_explanation_reads_from_the_worst_down() -> None:
    """Effect, each rule with sentences and citation, what to review, and what does not add up."""
    house = _rule(Propagation.NONE, SIGNAL)
    matches = _match("X", SDN.list_id), _match("P", by="name")
    lines = explain_verdict(_judge("X>P:60;A>P:60", [house, SDN], *matches))
    assert lines == (
        "Lumen Mobile GmbH on 2026-11-20: refuse; approval is blocked",
        f"yes, refuse: {SDN.title}",
        "  Dorado SA is RECORD X on list us-ofac-sdn of 2026-11-01, record entry-X (by identifier)",
        "  Dorado SA owns 60 % of Lumen Mobile GmbH (where it starts: Dorado SA)",
        "  in aggregate 60 % of Lumen Mobile GmbH: 50 % or more",
        f"  [us-ofac-sdn-50; {SDN.citation}]",
        "cannot determine, signal: House rule",
        f"  Lumen Mobile GmbH may be RECORD P on list house of 2026-10-01, record entry-P ({PENDING})",
        "  [r; Board]",
        "to review by two persons: name of P is like RECORD P, record entry-P on list house, score 0.90",
        "does not add up: the known shares in P add up to 120 %",
    )
    assert explain_verdict(_judge(CLEAN, []))[0].endswith("clear; approval is open")


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.UNKNOWN])
@pytest.mark.parametrize("by", ["identifier", "name"])
def test_no_line_of_a_verdict_has_a_persons_name(kind: Kind, by: str) -> None:
    """Neither the name in the file nor the one on the list: of a person, or who may be one, only the id."""
    parties = (*PARTIES[:3], Party("A", kind, ("Anna A.",), "DE", "DE"), PARTIES[4])
    verdict = _judge(
        "A>P:60;X>P:40",
        [_rule(Propagation.OWNED_50), _rule(Propagation.CONTROL)],
        _match("A", by=by),
        _match("X", by="name"),
        parties=parties,
    )
    lines = "\n".join(explain_verdict(verdict))
    assert "Anna" not in lines
    assert "name of A" not in lines
    assert "RECORD A" not in lines
    assert "record entry-A" in lines
    assert "RECORD X" in lines


def test_the_covered_person_test_is_answered_limb_by_limb() -> None:
    """Each limb has its own answer, also where another limb decides; no other rule has any."""
    parties = (Party("P", Kind.ENTITY, ("Lumen",), "CN", ""), *PARTIES[1:])
    verdict = _judge(CLEAN, list(SHIPPED_RULES), parties=parties)
    limbs = {limb.name: limb.determination for each in verdict.findings for limb in each.limbs}
    assert limbs == {
        "organised": YES,
        "business": DOUBT,
        "individual": NO,
        "ownership": NO,
        "designated": NO,
    }
    assert sum(bool(each.limbs) for each in verdict.findings) == 2


def test_no_limb_of_a_list_is_a_no_while_it_was_not_asked() -> None:
    """Any owner may stand on it: neither ownership nor designation can be ruled out."""
    rules = [rule for rule in SHIPPED_RULES if rule.rule_id == "us-part202-owned"]
    (finding,) = judge(Profile("P", PARTIES, parse_edges(CLEAN)), (), rules, ON, {}).findings
    assert {limb.determination for limb in finding.limbs} == {DOUBT}
    assert finding.determination is DOUBT


def test_a_profile_without_its_partner_is_refused() -> None:
    """There is nobody to judge."""
    with pytest.raises(Malformed, match="partner_id"):
        judge(Profile("Q", PARTIES, ()), list[StatedMatch](), [], ON, LISTS)
