"""What a sweep reads before it begins: lists and rules in force, the newest sweep, everyone's leaf."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from bailment.model.screening import fingerprint_of
from bailment.partners.assessing import MATCHER, Bench
from bailment.partners.case_files import CASES, Case
from bailment.partners.dossiers import Filed
from bailment.partners.list_files import date_of, lists_in_force
from bailment.partners.office import Office
from bailment.partners.outcomes import LEAF, LEAVES, NEWEST, NEWEST_SWEEP, Leaf, Sweep
from bailment.partners.profiles import ADMISSION
from bailment.partners.rule_files import digest_of_rules, rules_on
from bailment.partners.stopping import CAUSE
from bailment.partners.words import Wanted

_PAGE = 10_000


@dataclass(slots=True)
class State:
    """The state that one attempt starts from; `leaves` and `held` follow what it writes.

    `groups` has every partner's group, `held` the reason of each hold of screening, `cases` those of each
    partner by id, `leaves` each with its revision and without its words: see `read_leaves`.
    """

    now: int
    bench: Bench
    rules: str
    newest: Filed[Sweep] | None
    groups: dict[str, str]
    held: dict[str, str]
    files: tuple[int, int]
    cases: dict[str, dict[str, Filed[Case]]]
    leaves: dict[str, tuple[int, Leaf]]

    @property
    def before(self) -> Sweep | None:
        """The newest finished sweep."""
        return None if self.newest is None else self.newest.value

    @property
    def number(self) -> int:
        """The number of the sweep that is under way."""
        return 1 if self.newest is None else self.newest.value.number + 1

    @property
    def same_lists(self) -> bool:
        """Whether the newest sweep compared with exactly these lists, on this date."""
        before = self.before
        return before is not None and (before.lists, before.on) == (self.bench.lists, self.bench.on)

    def is_due(self, case: Case) -> bool:
        """Tell whether a review has lapsed and nobody has said so yet."""
        return case.due_at is not None and case.due_at <= self.now


async def read_state(office: Office, now: int) -> State:
    """Read everything but the leaves."""
    async with office.store.reading() as transaction:
        on = date_of(now)
        rules = await rules_on(transaction, on)
        lists = await lists_in_force(transaction)
        digests = {list_id: used.digest for list_id, used in lists.items()}
        rules_digest = digest_of_rules(rules)
        basis = fingerprint_of({"matcher": MATCHER, "rules": rules_digest, "lists": digests})
        cases: dict[str, dict[str, Filed[Case]]] = {}
        for each in await CASES.all(transaction):
            cases.setdefault(each.value.partner_id, {})[each.key] = each
        return State(
            now,
            Bench(on, basis, rules, lists),
            rules_digest,
            await NEWEST_SWEEP.get(transaction, NEWEST),
            dict(await transaction.partner_groups()),
            dict(await transaction.held_by(CAUSE)),
            await transaction.dossier_mark(ADMISSION),
            cases,
            {},
        )


async def read_leaves(office: Office, state: State, wanted: Wanted) -> dict[str, frozenset[int]]:
    """Read everyone's leaf into the state; return whom records may be about, as `Wanted.find` does.

    Page by page, so that nobody else waits for long, and only one page's words are in memory.
    """
    after, page = "", [("", 0, "")]
    touched: dict[str, frozenset[int]] = {}
    while page:
        async with office.store.reading() as transaction:
            page = list(await transaction.documents_after(LEAF, after, _PAGE))
        touched |= await asyncio.to_thread(_take_in, page, state.leaves, wanted)
        after = page[-1][0] if page else ""
    return touched


def _take_in(
    page: Sequence[tuple[str, int, str]], leaves: dict[str, tuple[int, Leaf]], wanted: Wanted
) -> dict[str, frozenset[int]]:
    keys: dict[str, str] = {}
    for key, revision, document in page:
        leaf = LEAVES.decode(document)
        keys[key] = leaf.keys
        leaves[key] = revision, msgspec.structs.replace(leaf, keys="")
    return wanted.find(keys)


async def to_compare(office: Office, state: State, named: Collection[str] | None) -> set[str]:
    """Return who is compared with every list anew: those named, never screened, or with another file."""
    everyone, before = set(state.groups), state.before
    if named is None or before is None or before.matcher != MATCHER:
        return everyone
    anew = everyone - state.leaves.keys() | everyone & set(named)
    # What a sweep wrote that died may rest on lists that were replaced since.
    anew |= {key for key, (_, leaf) in state.leaves.items() if leaf.number > before.number}
    if before.files != state.files:
        async with office.store.reading() as transaction:
            revisions = await transaction.dossier_revisions(ADMISSION)
        leaves = state.leaves
        anew |= {
            key for key, revision in revisions if key in leaves and leaves[key][1].file_revision != revision
        }
    return anew & everyone


def to_judge(state: State) -> set[str]:
    """Return who is judged again as it was compared: by other rules, on another date, after a lapse."""
    everyone, before = set(state.groups), state.before
    if before is None:
        return everyone
    # A list that is new, or gone, answers a question of everybody that could not be answered, or could.
    if before.rules != state.rules or before.lists.keys() != state.bench.lists.keys():
        return everyone
    on = state.bench.on
    dated = {key for key, (_, leaf) in state.leaves.items() if leaf.next_date and leaf.next_date <= on}
    lapsed = {
        key for key, cases in state.cases.items() if any(state.is_due(each.value) for each in cases.values())
    }
    return everyone & (dated | lapsed)
