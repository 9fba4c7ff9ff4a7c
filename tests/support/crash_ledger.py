"""What the ledger says after a crash: read from its published files, opened with the keys, compared.

Everything is recomputed here from the design's words; of the server's code only the formats are used.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bailment.answers.openings import open_stored
from bailment.app import Platform
from bailment.ledger import holding as vector
from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.entry import Entry, parse_entry
from bailment.ledger.note import parse_note
from bailment.ledger.policy import parse_policy
from bailment.ledger.tiles import WIDTH, TileName, read_bundle
from bailment.ledger.verify import Flaw, verify_ledger
from bailment.model.encoding import base64url
from bailment.model.records import StoredEntry
from bailment.store.tile_folder import TileFolder

ANSWERS = ("disclosure", "refusal")


@dataclass(frozen=True)
class Published:
    """A ledger's folder as an outsider reads it."""

    root: Path

    def read(self, path: str) -> bytes:
        return TileFolder(self.root).read(path)

    def partials(self, path: str) -> Collection[int]:
        folder = self.root / f"{path}.p"
        return [int(each.name) for each in folder.iterdir() if each.name.isdigit()] if folder.is_dir() else []

    def checkpoint(self) -> bytes:
        """Return the signed checkpoint, empty before the first."""
        file = self.root / "checkpoint"
        return file.read_bytes() if file.exists() else b""

    def size(self) -> int:
        """Return how many entries are published."""
        return parse_checkpoint(parse_note(self.checkpoint()).text).size

    def raw_entries(self) -> list[bytes]:
        """Return all published entries in order."""
        size = self.size()
        return [
            raw
            for index in range(-(-size // WIDTH))
            for raw in read_bundle(self, TileName(None, index, min(WIDTH, size - index * WIDTH)))
        ]

    def entries(self) -> list[Entry]:
        """Return all published entries in order, parsed."""
        return [parse_entry(raw) for raw in self.raw_entries()]

    def flaws(self, old: bytes = b"", *, entries: bool = True) -> list[Flaw]:
        """Verify everything, and that it extends an older checkpoint; `entries` replays them too."""
        lines = [f"log {key}" for key in (self.root / "vkey").read_text().split()]
        policy = parse_policy("\n".join([*lines, "quorum none", ""]).encode())
        found = verify_ledger(self, policy, old=old or None, entries=entries)
        return [each for each in found if isinstance(each, Flaw)]


def receipts(entries: Sequence[Entry]) -> dict[str, int]:
    """Return the index of every answer's entry by its receipt."""
    found = {}
    for index, entry in enumerate(entries):
        commitment = entry.fields.get("commitment")
        if entry.kind in ANSWERS and isinstance(commitment, bytes):
            found[base64url(commitment)] = index
    return found


async def open_entry(platform: Platform, index: int) -> tuple[str, str]:
    """Return which device an entry is about, and which route."""
    async with platform.store.reading() as transaction:
        stored = await transaction.entry_at(index)
    assert stored is not None
    details = (await open_stored(platform.keys, stored)).opening.details
    return str(details["device"]), str(details["route"])


async def holding_flaws(platform: Platform) -> list[str]:
    """Recompute every holding from its slots, and compare it with the entry that made it so."""
    flaws = []
    async with platform.store.reading() as transaction:
        rows = await transaction._connection.rows("SELECT id, capacity, root, commitment FROM holding", {})  # noqa: SLF001 - the database as it is, beside every Protocol
        slots = {
            row[0]: await transaction._connection.rows(  # noqa: SLF001 - the database as it is, beside every Protocol
                "SELECT slot, person_id, mask, digest, leaf FROM holding_slot WHERE holding_id = :id",
                {"id": row[0]},
            )
            for row in rows
        }
        entries = {
            row[0]: await transaction._connection.rows(  # noqa: SLF001 - the database as it is, beside every Protocol
                "SELECT raw, commitment, person_id, sealed FROM entry WHERE commitment = :it", {"it": row[3]}
            )
            for row in rows
        }
    for holding_id, capacity, root, _ in rows:
        leaves = {}
        for slot, person_id, mask, digest, leaf in slots[holding_id]:
            key = (await platform.keys.keys((person_id,)))[person_id]
            salt = vector.leaf_salt(key, holding_id)
            right = vector.leaf(salt, person_id, mask, digest) if mask else vector.EMPTY_LEAF
            if right != leaf:
                flaws.append(f"slot {slot} has a leaf that is not its content's")
            leaves[slot] = leaf
        if _root(capacity, leaves) != root:
            flaws.append("a holding's root is not that of its slots")
        if len(entries[holding_id]) != 1:
            flaws.append("a holding's entry is not there")
            continue
        details = (await open_stored(platform.keys, StoredEntry(*entries[holding_id][0]))).opening.details
        if (details["holding"], details["capacity"], details["root"]) != (holding_id, capacity, root):
            flaws.append("a holding is not what its entry commits to")
    return flaws


def _root(capacity: int, leaves: dict[int, bytes]) -> bytes:
    """Hash a whole holding, level by level."""
    row = [leaves.get(slot, vector.EMPTY_LEAF) for slot in range(capacity)]
    while len(row) > 1:
        row = [vector.node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return vector.root(capacity, row[0])
