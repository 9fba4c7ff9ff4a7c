"""Proof that nobody was left out: each partner's outcome in the newest sweep's tree, and who waits."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bailment.ledger.tree import NodeId, perfect_root, prove_inclusion, root, verify_inclusion
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.partners.holds import no_partner
from bailment.partners.leaves import PAGE, read_leaves, read_page
from bailment.partners.outcomes import SWEEP, Sweep, leaf_of, newest_sweep
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.stopping import spell_minute

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_SWEEPS = 200
_SWEEP = msgspec.json.Decoder(Sweep)


@dataclass(frozen=True, slots=True)
class Proof:
    """That one partner's outcome is in a sweep: RFC 6962 inclusion of `leaf`, hashes in hexadecimal.

    The leaf is the hash of the partner's id, a zero byte, and the 32-byte digest of its outcome; `root`
    stands in the entry `partners.screened` of the sweep.
    """

    partner: str
    outcome: str
    sweep: int
    at: int
    cause: str
    index: int
    size: int
    leaf: str
    path: tuple[str, ...]
    root: str

    def check(self) -> None:
        """Verify the proof from what it says alone.

        Raises:
            Tampered: it does not show that this outcome is in the sweep.
        """
        leaf = leaf_of(self.partner, self.outcome)
        if leaf.hex() != self.leaf:
            raise Tampered("the leaf is not that of this partner's outcome")
        path = [bytes.fromhex(each) for each in self.path]
        verify_inclusion(self.index, self.size, leaf, path, bytes.fromhex(self.root))

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        place = f"number {self.index + 1} of {self.size} partners"
        return [
            f"{self.partner} is {place} in sweep {self.sweep} ({self.cause})",
            f"outcome {self.outcome}",
            f"leaf    {self.leaf}",
            *(f"path    {each}" for each in self.path),
            f"root    {self.root}, in the entry partners.screened",
        ]


@dataclass(frozen=True, slots=True)
class _Nodes:
    """The nodes of a tree of pages, of which some have their leaves at hand.

    A proof asks for nodes within the leaf's own page and within the last one, which is seldom full; of every
    other page the root is enough.
    """

    pages: Sequence[bytes]
    leaves: Mapping[int, Sequence[bytes]]

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        return [self._node(level, index) for level, index in ids]

    def _node(self, level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        if end - start >= PAGE:
            return perfect_root(self.pages[start // PAGE : end // PAGE])
        page, first = divmod(start, PAGE)
        return perfect_root(self.leaves[page][first : first + end - start])


async def prove(transaction: ProgrammeTransaction, partner_id: str) -> Proof:
    """Return the proof that a partner's outcome is in the newest sweep.

    Raises:
        Conflict: there is no such partner, or it is not in the newest sweep.
        Unavailable: what is stored does not give the root.
    """
    if await transaction.partner(partner_id) is None:
        raise no_partner(partner_id)
    sweep = await newest_sweep(transaction)
    if sweep is None:
        raise Conflict("nobody was screened yet: `bailment screening run` screens everyone")
    head = (await read_leaves(transaction)).head
    own, last = head.page_of(partner_id), len(head.pages) - 1
    pages = {at: (await read_page(transaction, at)).value for at in {own, last} if head.pages}
    at, leaf = next(
        ((at, leaf) for at, leaf in enumerate(pages.get(own, ())) if leaf.partner_id == partner_id), (0, None)
    )
    if leaf is None:
        raise Conflict(f"{partner_id} is not in sweep {sweep.number}: `bailment screening run` screens it")
    nodes = _Nodes(
        [bytes.fromhex(each.root) for each in head.pages],
        {number: [each.hash for each in page] for number, page in pages.items()},
    )
    whole = all(root(leaves) == nodes.pages[number] for number, leaves in nodes.leaves.items())
    if not whole or head.root.hex() != sweep.root:
        raise Unavailable("the outcomes and the newest sweep differ: screen again, then ask again")
    index = own * PAGE + at
    path = prove_inclusion(nodes, index, head.size)
    return Proof(
        partner_id,
        leaf.digest,
        sweep.number,
        sweep.at,
        sweep.cause,
        index,
        head.size,
        leaf.hash.hex(),
        tuple(each.hex() for each in path),
        sweep.root,
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which partners went unscreened (Unix ms): from `began`, that of a sweep, to `ended`."""

    began: int
    ended: int
    sweep: int
    partners: int

    def line(self) -> str:
        """Say it for a terminal."""
        began, ended = spell_minute(self.began // 60_000), spell_minute(self.ended // 60_000)
        return f"not screened from {began} (sweep {self.sweep}) to {ended}: {self.partners} partners"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who was not screened for longer than some hours: now, and at any time in some days before.

    `since` (Unix ms) is when these days begin: no earlier than the first sweep. `gaps` are the times in which
    partners went unscreened for longer, each partner counted from the sweep that screened it first; `sweeps`
    are those of the last hours, oldest first.
    """

    hours: int
    partners: int
    unscreened: list[str]
    since: int
    gaps: list[Gap]
    sweeps: list[Sweep]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        began = spell_minute(self.since // 60_000)
        longest = f"more than {self.hours} hours unscreened since {began}"
        said = [
            f"{self.partners} partners; {len(self.unscreened)} not screened within {self.hours} hours",
            *(f"not screened: {each}" for each in self.unscreened),
            f"{longest}: {len(self.gaps)} gaps" if self.gaps else f"no partner {longest}",
            *(each.line() for each in self.gaps),
        ]
        return [*said, *map(_line_of, self.sweeps)]


def _line_of(sweep: Sweep) -> str:
    when = spell_minute(sweep.at // 60_000)
    what = f"{sweep.partners} partners, {sweep.changed} changed, root {sweep.root}"
    return f"sweep {sweep.number}, {when} ({sweep.cause}): {what}"


async def coverage(transaction: ProgrammeTransaction, hours: int, days: int, now: int) -> Coverage:
    """Return whom no sweep of the last hours covers, and whom none did for as long at any time in some days.

    The newest sweep covers everyone whom it has a leaf of, and so does each one before it, back to the first
    that had the partner.
    """
    ids = sorted(each for each, _ in await transaction.partner_groups())
    sweeps = await _sweeps_since(transaction, now - days * DAY_MS)
    if not sweeps:
        return Coverage(hours, len(ids), ids, now, [], [])
    newest, recent = sweeps[-1], now - hours * HOUR_MS
    first = await _first_covered(transaction)
    unscreened = ids if newest.at < recent else [each for each in ids if each not in first]
    return Coverage(
        hours,
        len(ids),
        unscreened,
        max(now - days * DAY_MS, sweeps[0].at),
        _gaps(sweeps, sorted(first.values()), hours * HOUR_MS, now),
        [each for each in sweeps if each.at >= recent],
    )


async def _sweeps_since(transaction: ProgrammeTransaction, since: int) -> list[Sweep]:
    """Return the finished sweeps since an instant and the last one before it, oldest first."""
    newest = await newest_sweep(transaction)
    number = 0 if newest is None else newest.number
    found: list[Sweep] = []
    while number and not (found and found[0].at <= since):
        after = max(0, number - _SWEEPS)
        page = await transaction.documents_after(SWEEP, f"{after:08d}", number - after)
        found = [*(_SWEEP.decode(document) for _, _, document in page), *found]
        number = after
    before = [each for each in found if each.at <= since]
    return [*before[-1:], *(each for each in found if each.at > since)]


async def _first_covered(transaction: ProgrammeTransaction) -> dict[str, int]:
    """Return the number of the first sweep that covered each partner whom the newest does, by id."""
    leaves = await read_leaves(transaction)
    await leaves.load(transaction)
    return {leaf.partner_id: leaf.since for leaf in leaves.all()}


def _gaps(sweeps: Sequence[Sweep], first: Sequence[int], most: int, now: int) -> list[Gap]:
    """Return the times longer than `most` between sweeps, and up to now; `first` is sorted."""
    ends = [*(each.at for each in sweeps[1:]), now]
    return [
        Gap(each.at, end, each.number, covered)
        for each, end in zip(sweeps, ends, strict=True)
        if end - each.at > most and (covered := bisect_right(first, each.number))
    ]
