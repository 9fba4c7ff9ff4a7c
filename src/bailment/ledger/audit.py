"""Replay of a ledger's entries: does every disclosure rest on what stood before it?

The argument, in the ledger's own order:

1. A widening change (a partner admitted, an agreement signed, a build approved, a hold lifted)
   permits from its own entry on.
2. A narrowing change (a hold, an agreement's end, a build withdrawn) binds from its `in-effect`
   entry on: disclosures that read the older facts stand before that one, and none after it.
3. A new agreement version permits from its own entry on and closes the ones before it from its
   `in-effect` entry on.
4. A change of a person's affairs stands behind a commitment and changes nothing that can be judged here:
   a grant, a device, a token, a setting or an audience. Its `in-effect` entry stands behind it, once.
5. A planned wind-down closes its agreement at the instant that it names, from its `in-effect` entry on.
6. What decides nothing by itself (admission, asserted agreements, submissions, exemptions, certifications,
   wind-down steps, reports) refers to what stood before it: see `affairs`.
7. So a disclosure stands under a signed agreement version that has neither ended nor been replaced,
   within its dates, purposes and custody, with an approved build of that partner, and no hold.
8. Every claim about a build says on what evidence it rests: a refusal names both, or neither.

The replay is streaming and keeps what partners are and have, never entries. It cannot look behind
commitments: grants and settings are not judged here. `partners` is its other result, of which
`public_register` makes the public register.

Source: design.md, decisions 2 and 3.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from bailment.ledger.affairs import Affairs, Misplaced
from bailment.ledger.cbor import Value
from bailment.ledger.entry import Entry, EntryReader, Shape
from bailment.ledger.register import (
    Agreement,
    Build,
    Event,
    Hold,
    Partner,
    Tally,
    build_key,
    flaw_of,
    may_write,
    number_of,
    text_of,
    texts_of,
)
from bailment.model.errors import Malformed

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Flaw:
    """An entry that should not stand where it stands."""

    index: int
    sentence: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What holds for every disclosure of a shape until a partner's affairs change."""

    tally: Tally
    first_minute: int
    last_minute: int
    flaw: str


class Audit:
    """The replay: feed it every entry in order.

    `counts` says how many entries of each kind it has read. With `until` (Unix ms) it passes over what was
    written after that instant: then it tells how things stood, and the judgement belongs to a whole one.
    `later` counts what it passed over. `strangers` counts disclosures and refusals that name a partner which
    was never admitted.
    """

    def __init__(self, until: int | None = None) -> None:
        self.until = until
        self.partners: dict[str, Partner] = {}
        self.counts: dict[str, int] = {}
        self.later: dict[str, int] = {}
        self.signers: dict[bytes, int] = {}
        self.strangers: dict[str, int] = {}
        self.affairs = Affairs(self.partners)
        self._index = 0
        self._unknown = Tally()
        self._skipped: set[bytes] = set()
        self._reader = EntryReader()
        self._pending: dict[bytes, list[Callable[[], None]]] = {}
        self._verdicts: dict[int, _Verdict] = {}
        self._steps: Mapping[str, Callable[[Entry], None]] = {
            "partner.added": self._partner_added,
            "integration.added": self._integration_added,
            "agreement.signed": self._agreement_signed,
            "agreement.ended": self._agreement_ended,
            "build.approved": self._build_approved,
            "build.withdrawn": self._build_withdrawn,
            "hold.placed": self._hold_placed,
            "hold.lifted": self._hold_lifted,
            "winddown.planned": self._winddown_planned,
            "in-effect": self._in_effect,
            "disclosure": self._first_disclosure,
            "write": self._write,
            "refusal": self._refusal,
            "decision.signed": self._decision_signed,
        }

    def add(self, index: int, raw: bytes) -> Iterable[Flaw]:
        """Take the next entry in; return its flaws, mostly none."""
        try:
            read = self._reader.read(raw)
        except Malformed as error:
            return (Flaw(index, f"it is not an entry ({error.message})"),)
        if self.until is not None and self._is_later(read):
            kind = "disclosure" if isinstance(read, tuple) else read.kind
            self.later[kind] = self.later.get(kind, 0) + 1
            return ()
        self._index = index
        if isinstance(read, tuple):
            return self._disclosure(index, *read)
        self.counts[read.kind] = self.counts.get(read.kind, 0) + 1
        try:
            self._steps.get(read.kind, self._note)(read)
        except Misplaced as error:
            return (Flaw(index, f"{read.kind}: {error}"),)
        return ()

    def _is_later(self, read: Entry | tuple[Shape, int]) -> bool:
        """Tell whether an entry was written after `until`; its "in effect" is passed over with it."""
        until = cast("int", self.until)
        if isinstance(read, tuple):
            return read[1] * _MINUTE_MS > until
        facts = read.fields
        if read.kind == "in-effect" and _change(read) in self._skipped:
            # Its minute may lie before its change: it never goes without it.
            self._skipped.discard(_change(read))
            return True
        at = number_of(facts, "at") if "at" in facts else number_of(facts, "minute") * _MINUTE_MS
        if at > until and "change" in facts and read.kind != "in-effect":
            self._skipped.add(_change(read))
        return at > until

    def _disclosure(self, index: int, shape: Shape, minute: int) -> Iterable[Flaw]:
        """Judge a disclosure of a known shape; the verdict is kept until facts change."""
        self.counts["disclosure"] = self.counts.get("disclosure", 0) + 1
        verdict = self._verdicts.get(id(shape))
        if verdict is None:
            verdict = self._verdicts[id(shape)] = self._judge(shape.fields)
        tally = verdict.tally
        tally.disclosures += 1
        tally.last_index = index
        if verdict.first_minute <= minute <= verdict.last_minute:
            return ()
        tally.flawed += 1
        self._stranger(shape.fields)
        return (Flaw(index, f"disclosure {verdict.flaw}"),)

    def _judge(self, facts: Mapping[str, Value]) -> _Verdict:
        """Judge all disclosures with these facts in common."""
        partner = self.partners.get(text_of(facts, "partner"))
        flaw = flaw_of(partner, facts)
        tally = self._unknown if partner is None else partner.tally(facts)
        if partner is None or flaw:
            return _Verdict(tally, 1, 0, flaw)
        agreement = partner.agreements[number_of(facts, "agreement")]
        first = number_of(agreement.terms, "from") // _MINUTE_MS
        until = number_of(agreement.terms, "until")
        if agreement.closes_at is not None:
            until = min(until, agreement.closes_at)
        last = (until - 1) // _MINUTE_MS
        return _Verdict(tally, first, last, "outside the dates of its agreement")

    def _stranger(self, facts: Mapping[str, Value]) -> None:
        """Count what names a partner that was never admitted."""
        partner = text_of(facts, "partner")
        if partner not in self.partners:
            self.strangers[partner] = self.strangers.get(partner, 0) + 1

    def _note(self, entry: Entry) -> None:
        """Take in an entry that changes nothing here but may come into effect."""
        self._await(entry, lambda: None)

    def _await(self, entry: Entry, effect: Callable[[], None]) -> None:
        """Note the event, and remember what a change does once it is in effect."""
        if "at" in entry.fields:
            event = _event(self._index, entry)
            self.affairs.note(event, entry)
            self._pending.setdefault(_change(entry), []).append(lambda: self._mark(event))
        if "change" in entry.fields:
            self._pending.setdefault(_change(entry), []).append(effect)

    def _mark(self, event: Event) -> None:
        event.in_effect = self._index

    def _decision_signed(self, entry: Entry) -> None:
        self.signers[_change(entry)] = number_of(entry.fields, "signers")
        self._note(entry)

    def _first_disclosure(self, entry: Entry) -> None:
        """Judge a disclosure whose shape is new."""
        verdict = self._judge(entry.fields)
        verdict.tally.disclosures += 1
        verdict.tally.last_index = self._index
        if not verdict.first_minute <= number_of(entry.fields, "minute") <= verdict.last_minute:
            verdict.tally.flawed += 1
            self._stranger(entry.fields)
            raise Misplaced(verdict.flaw)

    def _write(self, entry: Entry) -> None:
        """Judge what a device wrote: it rests on what a disclosure does, and on terms that let it write."""
        partner = self.partners.get(text_of(entry.fields, "partner"))
        verdict = self._judge(entry.fields)
        if partner is not None:
            partner.writes += 1
        if not verdict.first_minute <= number_of(entry.fields, "minute") <= verdict.last_minute:
            self._stranger(entry.fields)
            raise Misplaced(verdict.flaw)
        if partner is not None and not may_write(partner, entry.fields):
            raise Misplaced("under an agreement that lets nothing be written")

    def _refusal(self, entry: Entry) -> None:
        partner, rule = self.partners.get(text_of(entry.fields, "partner")), text_of(entry.fields, "rule")
        if partner is not None:
            partner.refusals[rule] = partner.refusals.get(rule, 0) + 1
        self._stranger(entry.fields)
        if (entry.fields["build"] is None) != (entry.fields["build_evidence"] is None):
            raise Misplaced("a build without its evidence, or evidence of no build")

    def _partner_added(self, entry: Entry) -> None:
        facts = entry.fields
        before = self.partners.get(text_of(facts, "partner"))
        # What was announced and never came into effect (a crash between the two) may be announced again.
        if before is not None and before.in_effect:
            raise Misplaced("the partner was admitted before")
        partner = self.partners[text_of(facts, "partner")] = Partner(
            text_of(facts, "name"),
            text_of(facts, "country"),
            texts_of(facts, "owner_countries"),
            number_of(facts, "at"),
            events=before.events if before else self.affairs.applicants.pop(text_of(facts, "partner"), []),
        )
        self._verdicts.clear()

        def admit() -> None:
            partner.in_effect = True

        self._await(entry, admit)

    def _integration_added(self, entry: Entry) -> None:
        partner = self._partner(entry)
        partner.integrations[text_of(entry.fields, "integration")] = text_of(entry.fields, "name")
        self._widen(entry)

    def _agreement_signed(self, entry: Entry) -> None:
        partner, version = self._partner(entry), number_of(entry.fields, "agreement")
        before = partner.agreements.get(version)
        if before is not None and before.in_effect:
            raise Misplaced("that version of the agreement was signed before")
        terms = cast("Mapping[str, Value]", entry.fields["terms"])
        agreement = partner.agreements[version] = Agreement(terms, number_of(entry.fields, "at"))
        self._verdicts.clear()

        def replace_older() -> None:
            agreement.in_effect = True
            partner.current = max(partner.current, version)

        self._await(entry, replace_older)

    def _agreement_ended(self, entry: Entry) -> None:
        agreement = self._partner(entry).agreements.get(number_of(entry.fields, "agreement"))
        if agreement is None:
            raise Misplaced("that version of the agreement was never signed")
        agreement.ended_at = number_of(entry.fields, "at")

        def end() -> None:
            agreement.in_force = False

        self._await(entry, end)

    def _build_approved(self, entry: Entry) -> None:
        partner, key = self._partner(entry), build_key(entry.fields)
        if key[0] not in partner.integrations:
            raise Misplaced("the integration was never added")
        version, at = text_of(entry.fields, "version"), number_of(entry.fields, "at")
        # A new value, so that a withdrawal still on its way does not reach this approval.
        partner.builds[key] = Build(key[0], version, at)
        self._widen(entry)

    def _build_withdrawn(self, entry: Entry) -> None:
        build = self._partner(entry).builds.get(build_key(entry.fields))
        if build is None:
            raise Misplaced("the build was never approved")
        build.withdrawn_at = number_of(entry.fields, "at")

        def withdraw() -> None:
            build.approved = False

        self._await(entry, withdraw)

    def _hold_placed(self, entry: Entry) -> None:
        partner, change = self._partner(entry), _change(entry)
        partner.holds[change] = Hold(text_of(entry.fields, "cause"), text_of(entry.fields, "reason"))

        def hold() -> None:
            # A hold that was lifted before it came into effect holds nothing.
            if change in partner.holds:
                partner.binding.add(change)

        self._await(entry, hold)

    def _hold_lifted(self, entry: Entry) -> None:
        partner, cause = self._partner(entry), text_of(entry.fields, "cause")
        lifted = {change for change, hold in partner.holds.items() if hold.cause == cause}
        partner.holds = {change: hold for change, hold in partner.holds.items() if change not in lifted}
        partner.binding -= lifted
        self._widen(entry)

    def _winddown_planned(self, entry: Entry) -> None:
        partner, version = self._partner(entry), number_of(entry.fields, "agreement")
        agreement = partner.agreements.get(version)
        if agreement is None:
            raise Misplaced("that version of the agreement was never signed")
        partner.wound_down.add(version)
        closes_at = number_of(entry.fields, "closes")

        def close() -> None:
            agreement.closes_at = closes_at

        self._await(entry, close)

    def _in_effect(self, entry: Entry) -> None:
        effects = self._pending.pop(_change(entry), None)
        if effects is None:
            raise Misplaced("there is no such change before it, or it was in effect already")
        for effect in effects:
            effect()
        self._verdicts.clear()
        flaw = self.affairs.withholding.flaw_of_signers(_change(entry), self.signers.get(_change(entry), 0))
        if flaw:
            raise Misplaced(flaw)

    def _widen(self, entry: Entry) -> None:
        """Let a widening change permit at once; it may still be recorded as in effect."""
        self._verdicts.clear()
        self._note(entry)

    def _partner(self, entry: Entry) -> Partner:
        partner = self.partners.get(text_of(entry.fields, "partner"))
        if partner is None:
            raise Misplaced("the partner was never admitted")
        return partner


def replay(entries: Iterable[bytes]) -> Iterator[Flaw]:
    """Replay entries from the first on and yield their flaws."""
    audit = Audit()
    for index, raw in enumerate(entries):
        yield from audit.add(index, raw)


def _change(entry: Entry) -> bytes:
    return cast("bytes", entry.fields["change"])


def _event(index: int, entry: Entry) -> Event:
    rest = {name: value for name, value in entry.fields.items() if name not in {"change", "at"}}
    return Event(index, entry.kind, number_of(entry.fields, "at"), _change(entry), rest)
