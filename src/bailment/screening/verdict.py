"""The verdict on one partner: every rule in force, answered, with its reason; the strongest effect wins.

How we read the effects:
1. *Yes* has the rule's own effect. A refusal also holds a partner that is admitted already.
2. *No* is clear, worded by the list and its date, or by what the owners hold; control without ownership is
   a signal (OFAC FAQ 398).
3. *Cannot determine* has the effect of a hold where the rule holds or refuses and the doubt is about the
   share of a party that certainly starts the rule: it may own enough, and nobody can say that it does not.
   Every other doubt is a signal: it stops no partner that is admitted. So a hit on a name alone opens a
   review (`Verdict.reviews`) and holds nothing by itself; that a review lapsed is the use case's to know.
4. Approval is blocked by a hold, by a refusal, and by any doubt under a rule that would hold or refuse. A
   doubt under a rule that only signals blocks nothing, as its certainty would not: else confirming a hit
   would open what doubting it had closed.
5. A list that was not screened against gives no "no": the rule that starts from it cannot be determined.

What starts a rule: parties matched on its list (for certain by an identifier or by two reviewers, pending by
a name alone) and parties of its countries, the partner itself apart: that one is a rule of jurisdiction's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bailment.model.screening import Determination, Effect, Match, Profile, Propagation, Rule
from bailment.screening.anomalies import Anomaly
from bailment.screening.covered_person import assess_covered_person, overall
from bailment.screening.decisions import StatedMatch
from bailment.screening.dossier import Dossier, locate
from bailment.screening.inquiry import Answer, Starts, ask_owners, located_owners
from bailment.screening.paths import Hop
from bailment.screening.rules import in_force
from bailment.screening.shipped_rules import PART_202_JURISDICTION, PART_202_OWNED

_YES, _NO, _DOUBT = Determination.YES, Determination.NO, Determination.CANNOT_DETERMINE
_STRENGTH = tuple(Effect)
_LIMBS_OF = {
    PART_202_JURISDICTION: ("organised", "business", "individual"),
    PART_202_OWNED: ("ownership", "designated"),
}


@dataclass(frozen=True, slots=True)
class Limb:
    """One limb of a rule that is a test of several, with its own answer and reasons."""

    name: str
    determination: Determination
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer. `list_id` and `record_id` name the record that started it, "" where none did.

    `limbs` are those of a rule that is a test of several, all of them whatever was answered.
    """

    rule_id: str
    title: str
    citation: str
    determination: Determination
    effect: Effect
    sentences: tuple[str, ...]
    path: tuple[Hop, ...] = ()
    list_id: str = ""
    record_id: str = ""
    limbs: tuple[Limb, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings on a partner on a date; `reviews` are hits on a name alone, for two persons to judge.

    `persons` are the parties that are persons or may be: findings name them by their ids alone, and so must
    whoever words a review (`spell_likeness`).
    """

    partner_name: str
    on: str
    effect: Effect
    blocks_approval: bool
    findings: tuple[Finding, ...]
    reviews: tuple[Match, ...]
    anomalies: tuple[Anomaly, ...]
    persons: frozenset[str] = frozenset()

    @property
    def holds(self) -> bool:
        """Whether a partner that is admitted is put on hold at once."""
        return _is_stop(self.effect)


def judge(
    profile: Profile,
    matches: Sequence[StatedMatch],
    rules: Iterable[Rule],
    on: str,
    lists: Mapping[str, str],
) -> Verdict:
    """Judge a partner by every rule in force on a date.

    `matches` are those of this profile's parties that count (`decisions.settle`). `lists` gives each list
    that was screened against with the date that its snapshot is of.

    Raises:
        Malformed: a profile without its partner, with a party twice, or with a share out of bounds.
    """
    case = _Case(Dossier(profile, on), matches, lists)
    current = in_force(rules, on)
    findings = tuple(case.find(rule) for rule in current)
    asked = {rule.list_id for rule in current}
    blocking = {rule.rule_id for rule in current if _is_stop(rule.effect)}
    return Verdict(
        case.dossier.name(profile.partner_id),
        on,
        strongest(finding.effect for finding in findings),
        any(each.rule_id in blocking and each.determination is not _NO for each in findings),
        findings,
        tuple(each.match for each in matches if not each.status.is_certain and each.match.list_id in asked),
        case.dossier.anomalies,
        case.dossier.persons,
    )


def strongest(effects: Iterable[Effect]) -> Effect:
    """Return the strongest of several effects; none at all is clear."""
    return max(effects, key=_STRENGTH.index, default=Effect.CLEAR)


def _is_stop(effect: Effect) -> bool:
    return effect in {Effect.HOLD, Effect.REFUSE}


class _Case:
    """A dossier with the matches of its parties and the lists that they were compared with."""

    def __init__(self, dossier: Dossier, matches: Sequence[StatedMatch], lists: Mapping[str, str]) -> None:
        self.dossier = dossier
        self.matches = matches
        self.lists = lists

    def find(self, rule: Rule) -> Finding:
        """Answer one rule."""
        limbs = self._limbs(rule)
        answer = _joined(tuple(limbs.values())) if limbs else self._answer(rule)
        record = self._record(rule.list_id, answer.starts)
        return Finding(
            rule.rule_id,
            rule.title,
            rule.citation,
            answer.determination,
            _effect(rule, answer),
            answer.sentences,
            answer.path,
            rule.list_id if record else "",
            record,
            tuple(Limb(name, each.determination, each.sentences) for name, each in limbs.items()),
        )

    def _answer(self, rule: Rule) -> Answer:
        if rule.propagation is Propagation.JURISDICTION:
            located, why = locate(self.dossier.partner, frozenset(rule.countries))
            return Answer(located, (f"{self.dossier.name(self.dossier.partner.party_id)} {why}",))
        listed = self._listed(rule.list_id)
        if rule.propagation is Propagation.NONE:
            answer = self._named(listed)
        else:
            owners = located_owners(self.dossier, frozenset(rule.countries)) if rule.countries else Starts()
            answer = ask_owners(self.dossier, listed | owners, rule.propagation)
        return self._by_list(rule.list_id, listed, answer)

    def _limbs(self, rule: Rule) -> dict[str, Answer]:
        """Return the limbs of 28 CFR 202.211 that a rule is about, each answered; none for another rule."""
        if rule.rule_id not in _LIMBS_OF:
            return {}
        listed = self._listed(rule.list_id)
        test = assess_covered_person(
            self.dossier, frozenset(rule.countries), listed, self._unasked(rule.list_id)
        )
        # By the list as well: while it was not asked, any owner may stand on it, so no limb of it is a no.
        return {
            name: self._by_list(rule.list_id, listed, test.limbs[name]) for name in _LIMBS_OF[rule.rule_id]
        }

    def _named(self, listed: Starts) -> Answer:
        """Ask whether the partner itself is named."""
        partner = self.dossier.partner.party_id
        why = listed.certain.get(partner) or listed.pending.get(partner)
        if not why:
            return Answer(_NO, ())
        determination = _YES if partner in listed.certain else _DOUBT
        return Answer(determination, (f"{self.dossier.name(partner)} {why}",), starts=(partner,))

    def _listed(self, list_id: str) -> Starts:
        """Return the parties that are on a list, or may be, each with the record that says so."""
        certain: dict[str, str] = {}
        pending: dict[str, str] = {}
        for each in self.matches:
            match = each.match
            if list_id and match.list_id == list_id:
                where = certain if each.status.is_certain else pending
                verb = "is" if each.status.is_certain else "may be"
                # The name on the list is the person's own, or near it.
                name = "" if match.party_id in self.dossier.persons else f" {match.record_name}"
                where.setdefault(
                    match.party_id,
                    f"{verb}{name} on list {list_id} of {self._date(list_id)}, "
                    f"record {match.record_id} ({each.status.value})",
                )
        return Starts() | Starts(certain, pending)

    def _by_list(self, list_id: str, listed: Starts, answer: Answer) -> Answer:
        """Word a "no" by the list and its date, and withdraw it where the list was not asked."""
        if not list_id or answer.determination is _YES:
            return answer
        unasked = self._unasked(list_id)
        if unasked:
            sentences = answer.sentences if unasked in answer.sentences else (*answer.sentences, unasked)
            return replace(answer, determination=_DOUBT, sentences=sentences)
        if listed.certain or listed.pending:
            return answer
        sentence = f"no match on list {list_id} of {self._date(list_id)}"
        return replace(answer, sentences=(sentence, *answer.sentences))

    def _date(self, list_id: str) -> str:
        return self.lists.get(list_id) or "an unknown date"

    def _unasked(self, list_id: str) -> str:
        if not list_id or list_id in self.lists:
            return ""
        return f"list {list_id} was not screened against"

    def _record(self, list_id: str, starts: Sequence[str]) -> str:
        """Return the record that the answer starts with, "" where it starts with a country or nothing."""
        found = [each for each in self.matches if each.match.list_id == list_id]
        # What is certain comes first, in the order of the parties of the path.
        found.sort(key=lambda each: not each.status.is_certain)
        by_party = {each.match.party_id: each.match.record_id for each in reversed(found)}
        return next((by_party[party] for party in starts if party in by_party), "")


def _joined(limbs: Sequence[Answer]) -> Answer:
    """Join limbs into one answer: it says what decided, and all of them where nothing did."""
    determination = overall(limb.determination for limb in limbs)
    deciding = [limb for limb in limbs if limb.determination is determination]
    sentences = tuple(dict.fromkeys(sentence for limb in deciding for sentence in limb.sentences))
    return Answer(
        determination,
        sentences,
        next((limb.path for limb in deciding if limb.path), ()),
        tuple(party for limb in deciding for party in limb.starts),
        any(limb.about_matched for limb in deciding),
        any(limb.red_flag for limb in deciding),
    )


def _effect(rule: Rule, answer: Answer) -> Effect:
    if answer.determination is _NO:
        return Effect.SIGNAL if answer.red_flag else Effect.CLEAR
    if answer.determination is _YES:
        return rule.effect
    return Effect.HOLD if answer.about_matched and _is_stop(rule.effect) else Effect.SIGNAL


def spell_likeness(match: Match, persons: Collection[str]) -> str:
    """Say who is like which record of which list; of a person only the id in the file, and no name."""
    if match.party_id in persons:
        return f"{match.party_id} is like record {match.record_id} on list {match.list_id}"
    return f"{match.party_name} is like {match.record_name}, record {match.record_id} on list {match.list_id}"


def explain_verdict(verdict: Verdict) -> tuple[str, ...]:
    """Return the lines that a partner manager reads: the effect, each rule with its reason, what is amiss."""
    blocked = "approval is blocked" if verdict.blocks_approval else "approval is open"
    lines = [f"{verdict.partner_name} on {verdict.on}: {verdict.effect.value}; {blocked}"]
    by_strength = sorted(verdict.findings, key=lambda each: -_STRENGTH.index(each.effect))
    for finding in by_strength:
        lines.append(f"{finding.determination.value}, {finding.effect.value}: {finding.title}")
        lines += [f"  {sentence}" for sentence in finding.sentences]
        lines += [f"  {each.name}: {each.determination.value}" for each in finding.limbs]
        lines.append(f"  [{finding.rule_id}; {finding.citation}]")
    lines += [
        f"to review by two persons: {spell_likeness(match, verdict.persons)}, score {match.score:.2f}"
        for match in verdict.reviews
    ]
    lines += [f"does not add up: {anomaly.sentence}" for anomaly in verdict.anomalies]
    return tuple(lines)
