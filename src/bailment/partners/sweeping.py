"""Sweeps: everyone is screened again, whatever changed, and the ledger says so.

For other use cases, after they changed a partner's file, owners or countries, outside of any transaction:

    await rescreen(office, "file of lumen-mobile", ["lumen-mobile"], now)

What it does, in this order:

1. One sweep at a time (`turns`). It reads the lists and rules in force and the newest finished sweep, and
   finds whose outcome may have changed since: the partners that are named, those who were never screened,
   whose file, rules, lists or dates changed, whose review lapsed. Changes that nobody told of are found too.
2. Chunk by chunk these are compared and judged. Who is to be held is held *first*; then the outcome, its
   cases and the entries of new hits are written in one transaction.
3. At the end, one transaction writes the sweep with the root over everyone's outcome, the pages of leaves in
   which something changed, and the sweep's entry.
4. Only then are holds lifted whose cause is gone.

What a crash leaves: outcomes that the newest finished sweep does not cover, each with the one it replaced, so
that proofs of the finished sweep still hold; and holds whose outcome is not written yet. The next sweep finds
the same partners again, because it compares with the newest *finished* one.
"""

import contextlib
import time
from collections.abc import Collection
from dataclasses import dataclass

from bailment.ledger.cbor import Value
from bailment.model.errors import Conflict, Unavailable
from bailment.partners.assessing import MATCHER
from bailment.partners.entries import in_clear
from bailment.partners.office import Office
from bailment.partners.outcomes import (
    NEWEST,
    NEWEST_SWEEP,
    OUTCOMES,
    SWEEPS,
    Sweep,
)
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.stopping import Impact, release, to_stop
from bailment.partners.sweep_candidates import find_alike
from bailment.partners.sweep_chunks import MOST_FEW, Chunks, Done
from bailment.partners.sweep_matching import Comparison
from bailment.partners.sweep_state import State, everyone, read_state, to_compare, to_judge
from bailment.partners.turns import Turns

# A chunk is one transaction, during which nobody else writes to an embedded store.
_CHUNK = 200
_MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: how many partners it covers, whose outcome changed, whom it held and freed."""

    number: int
    cause: str
    partners: int
    changed: int
    root: str
    held: list[Impact]
    lifted: list[str]
    cases: list[str]
    took_ms: int
    notes: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        screened = f"{self.partners} partners screened, {self.changed} outcomes changed, {self.took_ms} ms"
        said = [
            f"sweep {self.number} ({self.cause}): {screened}",
            f"root {self.root}",
            *(line for impact in self.held for line in impact.lines()),
            *(f"{each}: screening's hold is lifted" for each in self.lifted),
            *(f"case {each} is open: two officers decide within 72 hours" for each in self.cases),
        ]
        return [*said, *self.notes]


async def rescreen(
    office: Office,
    cause: str,
    partner_ids: Collection[str] | None,
    now: int,
) -> Swept:
    """Screen everyone again, comparing anew those named and whoever else may have changed.

    `cause` stands in the public register: name no person in it. `partner_ids` None compares everyone with
    everything, which takes some milliseconds a partner.

    Raises:
        Conflict: other changes got in between again and again.
        Unavailable: another sweep did not end; what was asked for is done by the next one.
    """
    began, done = time.perf_counter(), Done()
    asked = _Asked(cause, partner_ids)
    turns = Turns(office, now)
    await turns.take()
    try:
        state, sweep, lifted = await _attempts(office, turns, done, asked)
    finally:
        with contextlib.suppress(Unavailable):
            await turns.give_back()
    return Swept(
        sweep.number,
        cause,
        sweep.partners,
        sweep.changed,
        sweep.root,
        done.impacts,
        lifted,
        sorted(done.opened),
        int((time.perf_counter() - began) * 1000),
        [] if state.bench.rules else ["no rule is in force: `bailment rule ship` sets the shipped ones"],
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a sweep was asked for, see `rescreen`."""

    cause: str
    named: Collection[str] | None


async def _attempts(
    office: Office, turns: Turns, done: Done, asked: _Asked
) -> tuple[State, Sweep, list[str]]:
    """Sweep, and begin again when something that was read is something else by the time of writing."""
    for _ in range(_MOST_TRIES - 1):
        # Somebody decided a case, or filed, in between: read again.
        with contextlib.suppress(Conflict):
            state = await read_state(office, turns.now)
            return state, *await _sweep(office, state, turns, done, asked)
    state = await read_state(office, turns.now)
    return state, *await _sweep(office, state, turns, done, asked)


async def _sweep(
    office: Office, state: State, turns: Turns, done: Done, asked: _Asked
) -> tuple[Sweep, list[str]]:
    """Make one attempt; return the finished sweep and whose holds were lifted."""
    comparison = Comparison(office, state)
    chunks = Chunks(office, turns, state, comparison, done)
    touched = await comparison.find_touched(all_anew=asked.named is None)
    anew = await to_compare(office, state, asked.named)
    again = await to_judge(office, state)
    if touched is None:
        anew, touched = await everyone(office), set()
    alike = await find_alike(office, comparison, touched - anew - again)
    ids = sorted(anew | again | alike)
    chunks.few = len(anew) <= MOST_FEW
    for start in range(0, len(ids), _CHUNK):
        await chunks.screen(ids[start : start + _CHUNK], anew, again)
    sweep = await _finish(office, state, turns, comparison, asked.cause)
    return sweep, await _reconcile(office, state, chunks)


async def _finish(office: Office, state: State, turns: Turns, comparison: Comparison, cause: str) -> Sweep:
    """Write the sweep, over everyone, with its leaves and its entry."""
    async with office.store.reading() as transaction:
        settled = await state.leaves.settle(transaction, state.number)
    words = await comparison.words_to_keep()
    digest = settled.head.root
    sweep = Sweep(
        number=state.number,
        cause=cause,
        at=state.now,
        on=state.bench.on,
        basis=state.bench.basis,
        matcher=MATCHER,
        lists=dict(state.bench.lists),
        rules=state.rules,
        files=state.files,
        partners=settled.head.size,
        # Whoever wrote them: a sweep that died before it was done is finished by this one.
        changed=state.leaves.changed(),
        root=digest.hex(),
        exempt=dict(state.bench.exempt),
        off_scope=dict(state.bench.off_scope),
    )
    fields: dict[str, Value] = {
        "cause": cause,
        "basis": bytes.fromhex(sweep.basis),
        "partners": sweep.partners,
        "changed": sweep.changed,
        "root": digest,
    }
    record = in_clear("partners.screened", state.now, fields)

    async def work(transaction: ProgrammeTransaction) -> None:
        await turns.prolong(transaction)
        await SWEEPS.put(transaction, f"{sweep.number:08d}", sweep)
        await NEWEST_SWEEP.put(transaction, NEWEST, sweep, over=state.newest)
        await settled.write(transaction)
        await words.write(transaction)
        await transaction.append(record.draft)

    await office.store.disclose(work)
    state.holding = {*settled.head.holding}
    return sweep


async def _reconcile(office: Office, state: State, chunks: Chunks) -> list[str]:
    """Hold whoever should be and is not, by an affiliate's outcome say; lift what nothing calls for."""
    holding = state.holding
    wanted = to_stop(holding, state.groups)
    lacking = {state.groups.get(each, each) for each in wanted - state.held.keys()}
    for partner_id in sorted(holding):
        if state.groups.get(partner_id, partner_id) in lacking:
            async with office.store.reading() as transaction:
                found = await OUTCOMES.get(transaction, partner_id)
            if found is not None:
                await chunks.hold(found.value)
    unheld = state.held.keys() - wanted
    return await release(office, unheld, state.now, chunks.turns.prolong)
