"""A chunk of a sweep: compare and judge some partners, hold whom it takes, then write what changed."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bailment.ledger.cbor import Value
from bailment.model.disclosure import EntryDraft
from bailment.model.screening import ListRecord, Match, Profile
from bailment.partners.assessing import assess_safely, keep_held, next_date_of, public_reason
from bailment.partners.case_files import CASES, UNDECIDED, Case, CaseState, close_case, open_case
from bailment.partners.dossiers import Filed
from bailment.partners.entries import confidential_record
from bailment.partners.leaves import Leaf, mark_open, record_key
from bailment.partners.matching import compare_all, compare_changed, in_order
from bailment.partners.office import Office
from bailment.partners.outcomes import OUTCOMES, RELEASES, Hit, Outcome
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import Screened, profile_for
from bailment.partners.stopping import Impact, stop
from bailment.partners.sweep_matching import Comparison
from bailment.partners.sweep_state import State
from bailment.partners.turns import Turns
from bailment.partners.volume_reach import follow_screening, wanted_by_screening
from bailment.partners.word_index import keep_words, words_of
from bailment.partners.words import party_keys
from bailment.screening.decisions import MatchStatus
from bailment.screening.names.index import NameIndex
from bailment.seal.secret import random_bytes

# Up to so many partners are compared with everything by an index of what they may be like, chunk by chunk.
MOST_FEW = 50


@dataclass(slots=True)
class Done:
    """What a sweep, over all its attempts, has done besides: holds it placed, cases it opened."""

    impacts: list[Impact] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Found:
    """A partner under way: what was read of it, and what came out."""

    screened: Screened
    before: Filed[Outcome] | None
    cases: dict[str, Filed[Case]]
    outcome: Outcome
    leaf: Leaf
    words: str

    @property
    def changed(self) -> bool:
        """Whether what is said of the partner is new."""
        return self.before is None or self.before.value.digest != self.outcome.digest

    @property
    def rewritten(self) -> bool:
        """Whether anything that is kept of it is, when it was written apart."""
        before = None if self.before is None else self.before.value
        return before is None or (before.digest, before.unasked, before.cases) != (
            self.outcome.digest,
            self.outcome.unasked,
            self.outcome.cases,
        )


@dataclass(frozen=True, slots=True)
class _Indexes:
    """The index of all records, and of those that changed; None where nobody needs it."""

    whole: NameIndex[ListRecord] | None
    small: NameIndex[ListRecord] | None


@dataclass(slots=True)
class Chunks:
    """Screens chunk by chunk; `state` follows what is written.

    `few` says that so few are compared with everything that no index of all records is made for them.
    """

    office: Office
    turns: Turns
    state: State
    comparison: Comparison
    done: Done
    few: bool = False

    async def screen(self, chunk: Sequence[str], anew: Collection[str], again: Collection[str]) -> None:
        """Screen some partners.

        Those among `anew` are compared with everything; those among `again` are judged whatever comes out;
        the others only if the records that changed are others for them.

        Raises:
            Conflict: something that was read is something else by now.
        """
        read: list[tuple[Screened, Filed[Outcome] | None]] = []
        released: dict[str, str] = {}
        async with self.office.store.reading() as transaction:
            await self.state.leaves.load(transaction, chunk)
            for partner_id in chunk:
                screened = await profile_for(transaction, partner_id)
                if screened is not None:
                    read.append((screened, await OUTCOMES.get(transaction, partner_id)))
                if partner_id in self.state.held:
                    release = await RELEASES.get(transaction, partner_id)
                    released[partner_id] = "" if release is None else release.value.profile_fingerprint
        wanted = [each for each, before in read if before is None or each.profile.partner_id in anew]
        whole = await self._index_for([each.profile for each in wanted]) if wanted else None
        small = await self.comparison.small() if any(each not in anew for each in chunk) else None
        indexes = _Indexes(whole, small)
        found = await asyncio.to_thread(
            lambda: [
                self._judge(each, before, matches, released.get(each.profile.partner_id, ""))
                for each, before in read
                if (matches := self._matches(each, before, anew, again, indexes)) is not None
            ]
        )
        for each in found:
            # First of all: a crash after this leaves somebody held without an outcome, never the reverse.
            if each.outcome.holds and (each.changed or each.outcome.partner_id not in self.state.held):
                await self.hold(each.outcome)
        await follow_screening(self.office, _limits_of(found), self.state.now)
        await self._write(found)

    async def _index_for(self, profiles: Sequence[Profile]) -> NameIndex[ListRecord]:
        if not self.few:
            return await self.comparison.whole()
        return await self.comparison.index_for([party for each in profiles for party in each.parties])

    async def hold(self, outcome: Outcome) -> None:
        """Hold a partner and its affiliates for what an outcome says, unless it is held for just that."""
        reason, list_id = public_reason(self.state.bench, outcome)
        group = self.state.groups.get(outcome.partner_id)
        affiliates = [each for each, name in self.state.groups.items() if name == group] if group else []
        if all(self.state.held.get(each) == reason for each in (outcome.partner_id, *affiliates)):
            return
        used = self.state.bench.lists.get(list_id)
        published = "" if used is None else used.published
        impacts = await stop(self.office, outcome.partner_id, reason, published, self.state.now)
        self.done.impacts.extend(impacts)
        self.state.held.update({impact.partner_id: reason for impact in impacts})

    def _matches(
        self,
        screened: Screened,
        before: Filed[Outcome] | None,
        anew: Collection[str],
        again: Collection[str],
        indexes: _Indexes,
    ) -> list[Match] | None:
        """Return what a partner is like; None where it was like that, and nothing else asks to judge it."""
        profile = screened.profile
        if indexes.whole is not None and (before is None or profile.partner_id in anew):
            return compare_all(indexes.whole, profile)
        if before is None:
            raise AssertionError("somebody who was never screened is compared with everything")
        known = in_order(profile, _matches_of(before.value))
        if indexes.small is None:
            return known
        places = self.comparison.touched.get(profile.partner_id, frozenset())
        found = compare_changed(indexes.small, self.comparison.delta, profile, known, places)
        same = {_identity(each) for each in found} == {_identity(each) for each in known}
        return None if same and profile.partner_id not in again else found

    def _judge(
        self, screened: Screened, before: Filed[Outcome] | None, matches: list[Match], released: str
    ) -> _Found:
        state, profile = self.state, screened.profile
        cases = state.cases.get(profile.partner_id, {})
        plain = {key: each.value for key, each in cases.items()}
        salt = _new_salt() if before is None else before.value.salt
        outcome = assess_safely(state.bench, profile, matches, plain, state.now, salt)
        if before is not None:
            outcome = keep_held(outcome, before.value, released)
        if before is not None and before.value.digest != outcome.digest:
            # Under a salt of its own: else two proofs of one partner would tell that nothing changed.
            outcome = assess_safely(state.bench, profile, matches, plain, state.now, _new_salt())
            outcome = keep_held(outcome, before.value, released)
        outcome = replace(outcome, number=state.number)
        words = party_keys(profile.parties)
        return _Found(screened, before, cases, outcome, self._leaf(screened, outcome), words)

    def _leaf(self, screened: Screened, outcome: Outcome) -> Leaf:
        before = self.state.leaves.get(outcome.partner_id)
        return Leaf(
            outcome.partner_id,
            outcome.digest,
            outcome.effect,
            screened.file_revision,
            next_date_of(screened.profile, self.state.bench.on),
            tuple(sorted({record_key(each.list_id, each.record_id) for each in _matches_of(outcome)})),
            self.state.number if before is None else before.since,
        )

    async def _write(self, found: Sequence[_Found]) -> None:
        """Write outcomes, words, cases and the entries of new hits in one transaction; leaves come last."""
        if not found:
            return
        async with self.office.store.reading() as transaction:
            known = await words_of(transaction, [each.outcome.partner_id for each in found])
        outcomes = [each for each in found if each.rewritten]
        cases = [change for each in found for change in self._cases_of(each)]
        drafts = [draft for each in found if each.changed for draft in await self._hits_of(each)]

        async def work(transaction: ProgrammeTransaction) -> None:
            await self.turns.prolong(transaction)
            for each in outcomes:
                await OUTCOMES.put(transaction, each.outcome.partner_id, each.outcome, over=each.before)
            await mark_open(transaction, [each.outcome.partner_id for each in outcomes])
            await keep_words(transaction, {each.outcome.partner_id: each.words for each in found}, known)
            for case, over in cases:
                await CASES.put(transaction, case.case_id, case, over=over, due_at=case.due_at)
            for draft in drafts:
                await transaction.append(draft)

        await self.office.store.disclose(work)
        for each in found:
            self.state.leaves.put(each.leaf)
        self.done.opened.update(
            case.case_id
            for case, _ in cases
            if case.state is CaseState.OPEN and case.opened_at == self.state.now
        )

    def _cases_of(self, found: _Found) -> Iterator[tuple[Case, Filed[Case] | None]]:
        """Yield the cases to write: opened, opened again, lapsed, or closed because there is no likeness."""
        partner_id, now = found.outcome.partner_id, self.state.now
        written: set[str] = set()
        there = {hit.case_id for hit in found.outcome.hits}
        pending = {hit.case_id: hit for hit in found.outcome.hits if hit.status == MatchStatus.PENDING.value}
        for key, hit in pending.items():
            before = found.cases.get(key)
            opened = open_case(partner_id, hit, None if before is None else before.value, now)
            if opened is None and before is not None and self.state.is_due(before.value):
                opened = replace(before.value, state=CaseState.LAPSED)
            if opened is not None:
                written.add(key)
                yield opened, before
        for key, each in found.cases.items():
            state = each.value.state
            if (state in UNDECIDED and key not in pending) or (state is CaseState.AGAIN and key not in there):
                yield close_case(each.value, now), each
            elif each.value.unscreened and key not in written:
                yield replace(each.value, unscreened=False), each

    async def _hits_of(self, found: _Found) -> list[EntryDraft]:
        """Return an entry for each hit that is new: who is like which record, behind a commitment."""
        before = set() if found.before is None else {hit.identity for hit in found.before.value.hits}
        keys, now = self.office.keys, self.state.now
        records = [
            await confidential_record("screening.hit", keys, now, _details(found.outcome.partner_id, hit))
            for hit in found.outcome.hits
            if hit.identity not in before
        ]
        return [record.draft for record in records]


def _matches_of(outcome: Outcome) -> list[Match]:
    return [*(hit.match for hit in outcome.hits), *outcome.unasked]


def _identity(match: Match) -> tuple[str, str, str, str, str]:
    return match.party_id, match.list_id, match.record_id, match.record_fingerprint, match.by


def _limits_of(found: Sequence[_Found]) -> dict[str, bool]:
    """Return whose volume limit screening sets or lifts."""
    wanted: dict[str, bool] = {}
    for each in found:
        before = None if each.before is None else each.before.value
        on = wanted_by_screening(each.outcome, before) if each.changed else None
        if on is not None:
            wanted[each.outcome.partner_id] = on
    return wanted


def _new_salt() -> str:
    return random_bytes(16).hex()


def _details(partner_id: str, hit: Hit) -> dict[str, Value]:
    match = hit.match
    return {
        "partner": partner_id,
        "party": match.party_id,
        "party_name": match.party_name,
        "list": match.list_id,
        "record": match.record_id,
        "record_name": match.record_name,
        "by": match.by,
        "status": hit.status,
        "permille": round(match.score * 1000),
        "party_fingerprint": hit.party_fingerprint,
        "record_fingerprint": match.record_fingerprint,
        "case": hit.case_id,
    }
