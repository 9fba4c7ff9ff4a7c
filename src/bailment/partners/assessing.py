"""From a profile and its matches to an outcome; pure, so that it can be repeated as of any date.

Reasons are first written with `{LIST}` where the date of a list belongs, and the digest is taken of that: a
list that is published again with nothing new for a partner changes nothing that is said of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bailment.model.errors import Malformed
from bailment.model.screening import Determination, Effect, Match, Profile, Rule
from bailment.partners.case_files import Case, CaseState, case_id_of
from bailment.partners.outcomes import (
    HOLDING,
    NO_VERDICT,
    Ground,
    Hit,
    LimbAnswer,
    ListUsed,
    Outcome,
    RuleExemption,
    content_digest,
)
from bailment.screening.decisions import (
    Decision,
    MatchStatus,
    StatedMatch,
    fingerprint_of_party,
    settle,
)
from bailment.screening.rules import why_never_exempt
from bailment.screening.verdict import Finding, Verdict, judge, strongest

# Goes up when the comparison or the verdict changes what comes out: the next sweep then looks at everyone.
MATCHER = "names-3"
NO_RULES = "no rule is in force, so nothing was decided: set rules, or put the shipped ones into force"
NONE_ASKED = "no rule is in force for this partner, so nothing was decided"
KEPT = (
    "hold: what held this partner is not in its file any more; the file alone lifts no hold: "
    "two officers grant an appeal"
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What everyone is judged by on one date: rules that hold, and lists in force by id.

    `exempt` are the exemptions from rules that bind, and `off_scope` the ids of rules that do not concern
    some, by partner.
    """

    on: str
    basis: str
    rules: tuple[Rule, ...]
    lists: Mapping[str, ListUsed]
    exempt: Mapping[str, tuple[RuleExemption, ...]] = field(default_factory=dict)
    off_scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def exemptions_of(self, partner_id: str) -> dict[str, RuleExemption]:
        """Return what drops a rule that holds from a partner's verdict, by the rule's id.

        A rule that nobody can be exempted from stays: it may have become one after the exemption was given.
        """
        can_be = {rule.rule_id for rule in self.rules if not why_never_exempt(rule)}
        return {each.rule_id: each for each in self.exempt.get(partner_id, ()) if each.rule_id in can_be}

    @property
    def dates(self) -> dict[str, str]:
        """Where a list's date is to stand in a reason."""
        return {list_id: _mark(list_id) for list_id in self.lists}

    def dated(self, text: str) -> str:
        """Return a text with the dates of the lists in it."""
        for list_id, used in self.lists.items():
            text = text.replace(_mark(list_id), used.published_on)
        return text


def assess(
    bench: Bench, profile: Profile, matches: Sequence[Match], cases: Mapping[str, Case], now: int, salt: str
) -> Outcome:
    """Return the outcome of a partner; `cases` are its own, by id, and `salt` that of its digest.

    Only certain hits and ownership decide; a hit on a name alone is a reason, and holds once its review has
    lapsed. A list that a rule starts from and that surely names the partner itself holds it. A rule that the
    partner is exempt from, or that is about data which it is not lent, is not asked, and that is said. The
    number of the sweep is left open.
    """
    unasked = _unasked_rules(bench, profile.partner_id)
    rules = [rule for rule in bench.rules if rule.rule_id not in unasked]
    stated = settle(_unique(matches), profile.parties, _decisions(cases))
    verdict = judge(profile, stated, rules, bench.on, bench.dates)
    asked = {rule.list_id for rule in rules}
    hits = _hits(profile, stated, asked, cases)
    pending = {hit.case_id for hit in hits if hit.status == MatchStatus.PENDING.value}
    lapsed = tuple(sorted(key for key in pending if key in cases and _is_lapsed(cases[key], now)))
    itself = [each for each in hits if _is_itself(each, profile)]
    effect = strongest([verdict.effect, Effect.HOLD if lapsed or itself else Effect.CLEAR])
    grounds = [each for each in verdict.findings if _counts(each)]
    reasons = (
        *unasked.values(),
        *_reasons(grounds, verdict, lapsed),
        *map(_told_itself, itself),
        *(() if rules else (NONE_ASKED if bench.rules else NO_RULES,)),
    )
    limbs = tuple(limb for each in verdict.findings for limb in _limbs(each))
    outcome = Outcome(
        partner_id=profile.partner_id,
        screened_at=now,
        profile_fingerprint=profile.fingerprint,
        basis=bench.basis,
        effect=effect.value if rules else NO_VERDICT,
        blocks_approval=verdict.blocks_approval or bool(lapsed or itself) or not rules,
        reasons=tuple(bench.dated(each) for each in reasons),
        hits=hits,
        cases=tuple(sorted({hit.case_id for hit in hits} - {""})),
        lapsed=lapsed,
        unasked=tuple(each for each in _unique(matches) if each.list_id not in asked),
        grounds=tuple(_ground(each) for each in grounds),
        limbs=tuple(
            replace(each, reasons=tuple(bench.dated(said) for said in each.reasons)) for each in limbs
        ),
        dropped=tuple(unasked),
        salt=salt,
    )
    undated = tuple((each.rule_id, each.limb, each.determination, *each.reasons) for each in limbs)
    return replace(outcome, digest=content_digest(outcome, reasons, undated))


def assess_safely(
    bench: Bench, profile: Profile, matches: Sequence[Match], cases: Mapping[str, Case], now: int, salt: str
) -> Outcome:
    """Return the outcome, also of a profile that cannot be judged: that one blocks approval and says why.

    One unreadable file must not keep everyone else from being screened.
    """
    try:
        return assess(bench, profile, matches, cases, now, salt)
    except Malformed as error:
        reasons = (f"this file cannot be screened: {error}",)
        outcome = Outcome(
            partner_id=profile.partner_id,
            screened_at=now,
            profile_fingerprint=profile.fingerprint,
            basis=bench.basis,
            effect=Effect.SIGNAL.value,
            blocks_approval=True,
            reasons=reasons,
            salt=salt,
        )
        return replace(outcome, digest=content_digest(outcome, reasons))


def keep_held(outcome: Outcome, before: Outcome, released: str) -> Outcome:
    """Return the outcome of a partner that was on hold, held still where only its own file changed.

    Else whoever may write a file could lift a hold alone, by leaving out the owner who caused it. `released`
    is the fingerprint of the profile that two officers let go, "" for none.
    """
    by_file = before.kept or before.profile_fingerprint != outcome.profile_fingerprint
    if outcome.holds or not before.holds or not by_file or released == outcome.profile_fingerprint:
        return outcome
    reasons = (*outcome.reasons, KEPT)
    kept = replace(outcome, effect=Effect.HOLD.value, blocks_approval=True, reasons=reasons, kept=True)
    return replace(kept, digest=content_digest(kept, (outcome.digest, KEPT)))


def public_reason(bench: Bench, outcome: Outcome) -> tuple[str, str]:
    """Return why a partner is held, as the public may read it, and the list that did it ("" for none)."""
    holding = [each for each in outcome.grounds if each.effect in HOLDING]
    if holding:
        first = max(holding, key=lambda each: each.effect == Effect.REFUSE.value)
        list_id, rule = first.list_id, f"screening: rule {first.rule_id}"
    elif outcome.kept:
        return "screening: the file changed while on hold", ""
    elif outcome.lapsed:
        lapsed = next(hit for hit in outcome.hits if hit.case_id in outcome.lapsed)
        list_id, rule = lapsed.match.list_id, "screening: a review lapsed undecided"
    else:
        named = next(hit for hit in outcome.hits if _is_certain(hit))
        list_id, rule = named.match.list_id, "screening: it is named itself"
    used = bench.lists.get(list_id)
    return (f"{rule}, list {list_id} of {used.published_on}" if used else rule), list_id


def next_date_of(profile: Profile, on: str) -> str:
    """Return the next date on which a stake begins or ends, "" where none does."""
    dates = {date for stake in profile.stakes for date in (stake.since, stake.until) if date > on}
    return min(dates, default="")


def _unique(matches: Iterable[Match]) -> Iterable[Match]:
    """Return one match for each party and record, the last given."""
    return {(match.party_id, match.list_id, match.record_id): match for match in matches}.values()


def _decisions(cases: Mapping[str, Case]) -> list[Decision]:
    return [decision for each in cases.values() if (decision := each.decision())]


def _hits(
    profile: Profile, stated: Iterable[StatedMatch], asked: Collection[str], cases: Mapping[str, Case]
) -> tuple[Hit, ...]:
    """Return the matches on lists that a rule asks about; each under review, or once so, names its case."""
    prints = {party.party_id: fingerprint_of_party(party) for party in profile.parties}
    found = []
    for each in stated:
        if each.match.list_id in asked:
            hit = Hit(each.match, prints[each.match.party_id], each.status.value)
            case_id = case_id_of(profile.partner_id, hit)
            reviewed = each.status is MatchStatus.PENDING or case_id in cases
            found.append(replace(hit, case_id=case_id) if reviewed else hit)
    return tuple(found)


def _is_certain(hit: Hit) -> bool:
    return hit.status in {MatchStatus.IDENTIFIER.value, MatchStatus.CONFIRMED.value}


def _is_itself(hit: Hit, profile: Profile) -> bool:
    """Tell whether a list surely names the partner itself: that holds at once, however mild the rule is."""
    return _is_certain(hit) and hit.match.party_id == profile.partner_id


def _told_itself(hit: Hit) -> str:
    how = "by a number" if hit.status == MatchStatus.IDENTIFIER.value else "as two officers confirmed"
    return (
        f"hold: named itself, {how}: {hit.match.record_name}, record {hit.match.record_id}"
        f" on list {hit.match.list_id} of {_mark(hit.match.list_id)}"
    )


def _unasked_rules(bench: Bench, partner_id: str) -> dict[str, str]:
    """Return the rules in force that are not asked of a partner, each with the reason that is told."""
    exempt, off_scope = bench.exemptions_of(partner_id), bench.off_scope.get(partner_id, ())
    found = {}
    for rule in bench.rules:
        if rule.rule_id in exempt:
            one = exempt[rule.rule_id]
            found[rule.rule_id] = (
                f"rule {rule.rule_id} exempt until {one.until} (exemption {one.exemption_id})"
            )
        elif rule.rule_id in off_scope:
            data = ", ".join(rule.scope)
            found[rule.rule_id] = (
                f"rule {rule.rule_id} is about {data}: no agreement in force lends any of it"
            )
    return found


def _is_lapsed(case: Case, now: int) -> bool:
    return case.state is CaseState.LAPSED or (case.due_at is not None and case.due_at <= now)


def _counts(finding: Finding) -> bool:
    return finding.effect is not Effect.CLEAR or finding.determination is not Determination.NO


def _reasons(findings: Iterable[Finding], verdict: Verdict, lapsed: Iterable[str]) -> Iterator[str]:
    """Yield what a partner manager reads, without dates of lists."""
    for finding in findings:
        yield (
            f"{finding.effect.value}: {finding.title}: {finding.determination.value}"
            f" [{finding.rule_id}; {finding.citation}]"
        )
        yield from finding.sentences
    for match in verdict.reviews:
        # Of a person neither the name in the file nor that on the list: `case show` has them, with a reason.
        name = "" if match.party_id in verdict.persons else f"{match.record_name}, "
        yield (
            f"under review by two officers: {match.party_id} is like {name}record"
            f" {match.record_id} on list {match.list_id} of {_mark(match.list_id)}"
        )
    for case_id in lapsed:
        yield f"hold: the review of case {case_id} lapsed undecided: held until two officers decide"
    for anomaly in verdict.anomalies:
        yield f"does not add up: {anomaly.sentence}"


def _limbs(finding: Finding) -> Iterator[LimbAnswer]:
    for each in finding.limbs:
        yield LimbAnswer(finding.rule_id, each.name, each.determination.value, each.sentences)


def _ground(finding: Finding) -> Ground:
    return Ground(
        finding.rule_id,
        finding.determination.value,
        finding.effect.value,
        finding.list_id,
    )


def _mark(list_id: str) -> str:
    return "{" + list_id + "}"
