"""What a sweep reads before it begins: lists and rules in force, the newest sweep, the leaves' head."""

from collections.abc import Collection
from dataclasses import dataclass, field

from bailment.model.screening import fingerprint_of
from bailment.partners.assessing import MATCHER, Bench
from bailment.partners.case_files import CASES, Case
from bailment.partners.dossiers import Filed
from bailment.partners.exemption_files import rules_exempt
from bailment.partners.leaves import Leaves, open_partners, read_leaves
from bailment.partners.list_files import date_of, lists_in_force
from bailment.partners.office import Office
from bailment.partners.outcomes import NEWEST, NEWEST_SWEEP, Sweep
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.profiles import ADMISSION
from bailment.partners.rule_files import digest_of_rules, rules_on
from bailment.partners.scopes import rules_off_scope
from bailment.partners.stopping import CAUSE


@dataclass(slots=True)
class State:
    """The state that one attempt starts from; `leaves` and `held` follow what it writes.

    `partners` is how many there are, `groups` has the group of each that is in one, `held` the reason of
    each hold of screening, `cases` those of each partner by id, `open` whom a sweep wrote that died,
    `holding` whom the outcomes hold once the sweep is written.
    """

    now: int
    bench: Bench
    rules: str
    newest: Filed[Sweep] | None
    partners: int
    groups: dict[str, str]
    held: dict[str, str]
    files: tuple[int, int]
    cases: dict[str, dict[str, Filed[Case]]]
    leaves: Leaves
    open: set[str]
    holding: set[str] = field(default_factory=set)

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
    """Read everything but the pages of leaves, which are read as they are asked for."""
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
            Bench(
                on,
                basis,
                rules,
                lists,
                await rules_exempt(transaction, now),
                await rules_off_scope(transaction, rules),
            ),
            rules_digest,
            await NEWEST_SWEEP.get(transaction, NEWEST),
            await transaction.count_partners(),
            dict(await transaction.affiliates()),
            dict(await transaction.held_by(CAUSE)),
            await transaction.dossier_mark(ADMISSION),
            cases,
            await read_leaves(transaction),
            await open_partners(transaction),
        )


async def to_compare(office: Office, state: State, named: Collection[str] | None) -> set[str]:
    """Return who is compared with every list anew: those named, never screened, or with another file."""
    before = state.before
    if (
        named is None
        or before is None
        or before.matcher != MATCHER
        or state.leaves.head.number != before.number
    ):
        return await everyone(office)
    # What a sweep wrote that died may rest on lists that were replaced since.
    anew = state.open | set(named)
    async with office.store.reading() as transaction:
        # Nobody leaves the register: where there are as many leaves as partners, everybody has one.
        if state.leaves.head.size != state.partners:
            await state.leaves.load(transaction)
            ids = {each for each, _ in await transaction.partner_groups()}
            anew |= ids - {leaf.partner_id for leaf in state.leaves.all()}
        if before.files != state.files and not await _explained(transaction, state, before.files, anew):
            await state.leaves.load(transaction)
            revisions = dict(await transaction.dossier_revisions(ADMISSION))
            anew |= {
                leaf.partner_id
                for leaf in state.leaves.all()
                if revisions.get(leaf.partner_id, 0) != leaf.file_revision
            }
    return anew


async def everyone(office: Office) -> set[str]:
    """Return the ids of all partners."""
    async with office.store.reading() as transaction:
        return {each for each, _ in await transaction.partner_groups()}


async def _explained(
    transaction: ProgrammeTransaction, state: State, before: tuple[int, int], anew: Collection[str]
) -> bool:
    """Tell whether the files of some partners are all that changed: then nobody else's is looked for.

    Files are never taken away and revisions only grow, so no two changes make up for each other.
    """
    await state.leaves.load(transaction, anew)
    old = {each: leaf.file_revision for each in anew if (leaf := state.leaves.get(each)) is not None}
    now = {key: revision for key, revision, _ in await transaction.documents_of(ADMISSION, anew)}
    count = sum(not old.get(each) for each in now)
    revisions = sum(revision - old.get(each, 0) for each, revision in now.items())
    return (before[0] + count, before[1] + revisions) == state.files


async def to_judge(office: Office, state: State) -> set[str]:
    """Return who is judged again as it was compared: by other rules, on another date, after a lapse.

    By other rules also whoever is exempt from one now, or not concerned by one, or is not any more.
    """
    before = state.before
    if before is None:
        return await everyone(office)
    # A list that is new, or gone, answers a question of everybody that could not be answered, or could.
    if before.rules != state.rules or before.lists.keys() != state.bench.lists.keys():
        return await everyone(office)
    on = state.bench.on
    async with office.store.reading() as transaction:
        dated = await state.leaves.load_dated(transaction, on)
    lapsed = {
        key for key, cases in state.cases.items() if any(state.is_due(each.value) for each in cases.values())
    }
    changed = {
        key
        for old, new in ((before.exempt, state.bench.exempt), (before.off_scope, state.bench.off_scope))
        for key in old.keys() | new.keys()
        if old.get(key) != new.get(key)
    }
    return dated | lapsed | changed
