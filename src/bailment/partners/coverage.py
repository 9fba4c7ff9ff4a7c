"""Proof that nobody was left out: each partner's outcome in the newest sweep's tree, and who waits."""

from collections.abc import Sequence
from dataclasses import dataclass

from bailment.ledger.tree import NodeId, perfect_root, prove_inclusion, root, verify_inclusion
from bailment.model.errors import Conflict, Tampered, Unavailable
from bailment.partners.holds import no_partner
from bailment.partners.outcomes import LEAF, LEAVES, SWEEPS, Sweep, leaf_of, newest_sweep
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.stopping import spell_minute

HOUR_MS = 3_600_000
_PAGE = 5_000


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
    """The nodes of a tree whose leaves are all at hand."""

    leaves: Sequence[bytes]

    def read_nodes(self, ids: Sequence[NodeId]) -> Sequence[bytes]:
        return [perfect_root(self.leaves[index << level : (index + 1) << level]) for level, index in ids]


async def covered(transaction: ProgrammeTransaction, sweep: Sweep) -> dict[str, str]:
    """Return the digest of each partner's outcome that a sweep, the newest, covers, by id."""
    found: dict[str, str] = {}
    after, page = "", [("", 0, "")]
    while page:
        page = list(await transaction.documents_after(LEAF, after, _PAGE))
        for key, _, document in page:
            digest = LEAVES.decode(document).digest_in(sweep.number)
            if digest:
                found[key] = digest
        after = page[-1][0] if page else ""
    return dict(sorted(found.items()))


async def prove(transaction: ProgrammeTransaction, partner_id: str) -> Proof:
    """Return the proof that a partner's outcome is in the newest sweep.

    Raises:
        Conflict: there is no such partner, or it is not in the newest sweep.
        Unavailable: what is stored does not give the root, as while a sweep is under way.
    """
    if await transaction.partner(partner_id) is None:
        raise no_partner(partner_id)
    sweep = await newest_sweep(transaction)
    if sweep is None:
        raise Conflict("nobody was screened yet: `bailment screening run` screens everyone")
    digests = await covered(transaction, sweep)
    if partner_id not in digests:
        raise Conflict(f"{partner_id} is not in sweep {sweep.number}: `bailment screening run` screens it")
    leaves = [leaf_of(each, digest) for each, digest in digests.items()]
    if root(leaves).hex() != sweep.root:
        raise Unavailable("the outcomes and the newest sweep differ: screen again, then ask again")
    index = list(digests).index(partner_id)
    path = prove_inclusion(_Nodes(leaves), index, len(leaves))
    return Proof(
        partner_id,
        digests[partner_id],
        sweep.number,
        sweep.at,
        sweep.cause,
        index,
        len(leaves),
        leaves[index].hex(),
        tuple(each.hex() for each in path),
        sweep.root,
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who was not screened for longer than some hours, and the sweeps since, oldest first."""

    hours: int
    partners: int
    unscreened: list[str]
    sweeps: list[Sweep]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [
            f"{self.partners} partners; {len(self.unscreened)} not screened within {self.hours} hours",
            *(f"not screened: {each}" for each in self.unscreened),
        ]
        return [*said, *map(_line_of, self.sweeps)]


def _line_of(sweep: Sweep) -> str:
    when = spell_minute(sweep.at // 60_000)
    what = f"{sweep.partners} partners, {sweep.changed} changed, root {sweep.root}"
    return f"sweep {sweep.number}, {when} ({sweep.cause}): {what}"


async def coverage(transaction: ProgrammeTransaction, hours: int, now: int) -> Coverage:
    """Return whom no sweep of the last hours covers; the newest covers everyone whom it has a leaf of."""
    newest = await newest_sweep(transaction)
    ids = sorted(each for each, _ in await transaction.partner_groups())
    since = now - hours * HOUR_MS
    sweeps = [each.value for each in await SWEEPS.all(transaction) if each.value.at >= since]
    if newest is None or newest.at < since:
        return Coverage(hours, len(ids), ids, sweeps)
    seen = await covered(transaction, newest)
    return Coverage(hours, len(ids), [each for each in ids if each not in seen], sweeps)
