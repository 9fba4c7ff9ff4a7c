"""The whole verification of a ledger, from its files and the verifier's own trust anchors.

What is shown, in this order:

1. The checkpoint is signed as the policy asks, by the log and by a quorum of witnesses.
2. Every entry bundle holds as many entries as it should.
3. Every tile, on all levels, full or partial, is byte for byte what the entries hash to.
4. The root over the entries is the checkpoint's.
5. An older checkpoint, if given, has the root of the first entries of this ledger: nothing was
   taken back or rewritten since.
6. If asked, every entry is one, and the replay of all finds no disclosure out of place (`audit`).

It reads each file once and keeps one bundle and one row of hashes per level in memory. It does
not stop at a flaw: all are told, each in one sentence with its file.

Source: RFC 6962 section 2.1; C2SP tlog-tiles; tlog-checkpoint; tlog-policy.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bailment.ledger import tree
from bailment.ledger.audit import Audit
from bailment.ledger.note import parse_note
from bailment.ledger.policy import Endorsed, Policy
from bailment.ledger.tiles import (
    HEIGHT,
    WIDTH,
    Missing,
    TileName,
    TileReader,
    encode_bundle,
    read_bundle,
    read_tile,
    root_of_rows,
    split_hashes,
)
from bailment.model.errors import Malformed, Tampered

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Checked:
    """Something that was checked and holds."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that does not hold; `file` is its path in the ledger, or an entry's number."""

    file: str
    sentence: str


class LedgerReader(TileReader, Protocol):
    """A `TileReader` that may also know which partial files there are.

    A folder still holds the partial tiles of earlier sizes; those are compared too. `partials`
    takes the path of a full tile or bundle and returns the widths of its partial ones; it returns
    nothing where that cannot be told, as over HTTP.
    """

    def partials(self, path: str) -> Collection[int]:
        """Return the widths (1 to 255) of the partial files that stand beside a full one."""


@dataclass(slots=True)
class _Pass:
    """The one pass over the entries: rows of hashes by tile level, and what was counted."""

    reader: LedgerReader
    size: int
    old_size: int
    audit: Audit | None
    follow: Callable[[int, bytes], object] | None = None
    rows: list[list[bytes]] = field(default_factory=list)
    old_root: bytes = tree.EMPTY_ROOT
    tiles: int = 0
    bundles: int = 0
    entry_flaws: int = 0


def verify_ledger(
    reader: LedgerReader,
    policy: Policy,
    *,
    old: bytes | None = None,
    entries: bool = False,
    follow: Callable[[int, bytes], object] | None = None,
) -> Iterator[Checked | Flaw]:
    """Verify a ledger; yield what was checked and every flaw, as they are found.

    `old` is an older signed checkpoint of the same log; `entries` asks for the replay. `follow` is handed
    each entry with its index, as it is read: what it makes of them is worth something once all has been
    verified without a flaw.

    Raises:
        Unavailable: the ledger cannot be reached. (A file that is missing is a flaw.)
    """
    endorsed = yield from _endorse(policy, _read_or_nothing(reader, CHECKPOINT), CHECKPOINT)
    before = None if old is None else (yield from _endorse(policy, old, "old checkpoint"))
    if endorsed is None:
        return
    checkpoint = endorsed.checkpoint
    audit = Audit() if entries else None
    old_size = before.checkpoint.size if before else 0
    state = _Pass(reader, checkpoint.size, old_size, audit, follow)
    yield from _read_entries(state)
    yield from _close(state)
    yield from _compare_root(state, checkpoint.root)
    if before is not None:
        yield from _compare_old(state, endorsed, before)
    if audit is not None:
        yield from _sum_up(audit, state.entry_flaws)


def _read_or_nothing(reader: LedgerReader, path: str) -> bytes:
    """Read a file that has content if it is sound."""
    try:
        return reader.read(path)
    except Missing:
        return b""


def _endorse(policy: Policy, raw: bytes, file: str) -> Generator[Checked | Flaw, None, Endorsed | None]:
    """Step 1: the signatures and the quorum."""
    if not raw:
        yield Flaw(file, "it is missing or empty.")
        return None
    try:
        endorsed = policy.endorse(raw, every_key=True)
    except (Malformed, Tampered) as error:
        yield Flaw(file, f"{error}.")
        return None
    checkpoint = endorsed.checkpoint
    yield Checked(
        f"{file}: {checkpoint.origin}, {checkpoint.size} entries, signed with "
        f"{len(endorsed.log_keys)} log key(s), cosigned by {_names(endorsed.witnesses)}"
        f"{_unchecked(policy, raw)}"
    )
    return endorsed


def _unchecked(policy: Policy, raw: bytes) -> str:
    """Say how many signature lines are of keys that the policy does not have: nothing is known of them."""
    known = {(key.name, key.key_id) for key in (*policy.logs, *policy.witnesses.values())}
    count = sum((line.name, line.key_id) not in known for line in parse_note(raw).signatures)
    return f"; NOT checked: {count} signature line(s) of keys that were not given" if count else ""


def _names(witnesses: Sequence[str]) -> str:
    return ", ".join(witnesses) if witnesses else "no witness that the policy knows"


def _read_entries(state: _Pass) -> Iterator[Checked | Flaw]:
    """Steps 2, 3 and 6: every bundle, and every tile that it completes."""
    for index in range(-(-state.size // WIDTH)):
        width = min(WIDTH, state.size - index * WIDTH)
        hashes = yield from _read_one(state, TileName(None, index, width))
        if index * WIDTH <= state.old_size < (index + 1) * WIDTH:
            rows = [hashes[: state.old_size - index * WIDTH], *state.rows[1:]]
            state.old_root = root_of_rows(rows)
        yield from _push(state, index, hashes)
    if state.old_size == state.size and not state.size % WIDTH:
        state.old_root = root_of_rows(state.rows)


def _read_one(state: _Pass, name: TileName) -> Generator[Flaw, None, list[bytes]]:
    """Read a bundle; return the leaf hashes, from the tile where the bundle cannot be read."""
    try:
        entries = read_bundle(state.reader, name)
    except (Missing, Tampered) as error:
        yield Flaw(name.path, f"the entries cannot be read: {error}.")
        return _stored_hashes(state, name)
    state.bundles += 1
    yield from _compare_partials(state, name, lambda width: encode_bundle(entries[:width]))
    if state.follow is not None:
        for index, entry in enumerate(entries, name.index * WIDTH):
            state.follow(index, entry)
    if state.audit is not None:
        yield from _replay(state, state.audit, name.index * WIDTH, entries)
    return tree.leaf_hashes(entries)


def _replay(state: _Pass, audit: Audit, first: int, entries: Sequence[bytes]) -> Iterator[Flaw]:
    """Step 6: feed entries to the replay."""
    for index, entry in enumerate(entries, first):
        for flaw in audit.add(index, entry):
            state.entry_flaws += 1
            yield Flaw(f"entry {flaw.index}", f"{flaw.sentence}.")


def _stored_hashes(state: _Pass, name: TileName) -> list[bytes]:
    """Return what the level 0 tile says, so that the rest can still be checked."""
    try:
        return split_hashes(read_tile(state.reader, TileName(0, name.index, name.width)))
    except (Missing, Tampered):
        return [bytes(tree.HASH_BYTES)] * name.width


def _push(state: _Pass, index: int, hashes: list[bytes]) -> Iterator[Flaw]:
    """Take in the hashes of one tile at level 0, and close every tile that becomes full."""
    level = 0
    while True:
        if level == len(state.rows):
            state.rows.append([])
        row = state.rows[level] = state.rows[level] + hashes if level else hashes
        if len(row) < WIDTH:
            return
        yield from _compare_tile(state, TileName(level, index), row)
        hashes = [tree.perfect_root(row)]
        state.rows[level] = []
        level, index = level + 1, index // WIDTH


def _close(state: _Pass) -> Iterator[Checked | Flaw]:
    """Compare the partial tiles, of which there is at most one per level."""
    for level, row in enumerate(state.rows):
        if row:
            index = state.size >> HEIGHT * (level + 1)
            yield from _compare_tile(state, TileName(level, index, len(row)), row)
    if state.bundles:
        total = -(-state.size // WIDTH)
        yield Checked(f"tile/entries: {state.bundles} of {total} bundles are whole")
    if state.tiles:
        yield Checked(f"tile: {state.tiles} tiles are what the entries hash to")


def _compare_tile(state: _Pass, name: TileName, row: list[bytes]) -> Iterator[Flaw]:
    """Step 3: a stored tile against the hashes of what is below it."""
    try:
        stored = read_tile(state.reader, name)
    except (Missing, Tampered) as error:
        yield Flaw(name.path, f"the hashes cannot be read: {error}.")
        return
    yield from _compare_partials(state, name, lambda width: b"".join(row[:width]))
    if stored == b"".join(row):
        state.tiles += 1
        return
    pairs = zip(split_hashes(stored), row, strict=True)
    place = next(place for place, (ours, theirs) in enumerate(pairs) if ours != theirs)
    number = name.index * WIDTH + place
    if name.level == 0:
        below = f"entry {number} in {TileName(None, name.index, name.width).path}"
    else:
        below = TileName((name.level or 0) - 1, number).path
    yield Flaw(name.path, f"hash {place} is not that of {below}.")


def _compare_partials(state: _Pass, name: TileName, start: Callable[[int], bytes]) -> Iterator[Flaw]:
    """Compare the partial files of earlier sizes: each is the start of what stands there now."""
    for width in state.reader.partials(TileName(name.level, name.index).path):
        if width < name.width:
            path = TileName(name.level, name.index, width).path
            if _read_or_nothing(state.reader, path) != start(width):
                yield Flaw(path, "this earlier file is not the start of what stands there now.")


def _compare_root(state: _Pass, expected: bytes) -> Iterator[Checked | Flaw]:
    """Step 4: the root over all entries."""
    if root_of_rows(state.rows) == expected:
        yield Checked(f"root: the {state.size} entries hash to the checkpoint's root")
    else:
        yield Flaw(CHECKPOINT, "its root is not the root over the entries.")


def _compare_old(state: _Pass, new: Endorsed, old: Endorsed) -> Iterator[Checked | Flaw]:
    """Step 5: the root over the first entries."""
    size = old.checkpoint.size
    if old.checkpoint.origin != new.checkpoint.origin:
        yield Flaw("old checkpoint", "it is of another log.")
    elif size > state.size:
        yield Flaw(CHECKPOINT, f"the ledger has shrunk from {size} to {state.size} entries.")
    elif state.old_root != old.checkpoint.root:
        yield Flaw(CHECKPOINT, f"the first {size} entries are not those of the old checkpoint.")
    else:
        yield Checked(f"consistency: the first {size} entries are those of the old checkpoint")


def _sum_up(audit: Audit, flaws: int) -> Iterator[Checked]:
    """Say what the replay has read, if nothing was out of place."""
    if not flaws:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(audit.counts.items()))
        yield Checked(f"entries: each is sound and rests on what stood before it ({kinds})")
