"""Tiles and entry bundles: the files of a tiled log, written and read.

A tile holds 256 hashes of one tile level; tile level L is tree level 8·L. Only full tiles are
hashed into the level above. `extend` turns new entries into the files to write; the right edge
it carries along is all the state that it needs, and `rebuild_edge` regains that from the files.

A file's content depends on nothing but its path and the entries, so writing one again after a
crash writes the same bytes. Write the files before the checkpoint that needs them.

Source: C2SP tlog-tiles v0.1.0.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bailment.ledger import tree
from bailment.model.errors import Malformed, Tampered, Unavailable

WIDTH = 256
HEIGHT = 8
TILE_BYTES = WIDTH * tree.HASH_BYTES
MAX_ENTRY_BYTES = 65_535
MAX_BUNDLE_BYTES = WIDTH * (MAX_ENTRY_BYTES + 2)

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Missing(Unavailable):
    """The ledger has no such file; plain `Unavailable` means that it could not be asked."""


class TileReader(Protocol):
    """Where the files of a ledger are read from: a folder, a web server, a dict in a test.

    `read` takes a path like `tile/0/x001/067` and returns the whole file. It raises `Missing` if
    the ledger has no such file and `Unavailable` if the ledger cannot be reached. It may be
    called from one thread at a time only.
    """

    def read(self, path: str) -> bytes:
        """Return the whole file."""


@dataclass(frozen=True, slots=True)
class TileName:
    """What a path names: `level` is None for an entry bundle, `width` is 1 to 256."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the ledger's prefix."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        steps = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{steps}{partial}"


def parse_path(path: str) -> TileName:
    """Parse a path in its one canonical form.

    Raises:
        Malformed: any other string; so no path that passes leaves the ledger's folder.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed("not the path of a tile")
    kind, steps, width = match.groups()
    index = int(steps.replace("x", "").replace("/", ""))
    name = TileName(None if kind == "entries" else int(kind), index, int(width or WIDTH))
    if name.path != path or (name.level or 0) > 63:
        raise Malformed("not the path of a tile")
    return name


def is_of_size(path: str, size: int) -> bool:
    """Say whether a file is a full one, or the partial one that a tree of this size has.

    Source: C2SP tlog-tiles, "Partial Tiles".
    """
    name = parse_path(path)
    level = 0 if name.level is None else name.level
    return name.width == WIDTH or (name.index, name.width) == divmod(size >> HEIGHT * level, WIDTH)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries, each after its length in two bytes.

    Raises:
        Malformed: an entry longer than 65,535 bytes.
    """
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise Malformed("an entry is longer than 65,535 bytes")
    return b"".join([part for entry in entries for part in (len(entry).to_bytes(2, "big"), entry)])


def parse_bundle(raw: bytes) -> list[bytes]:
    """Split a bundle into its entries.

    Raises:
        Malformed: the last entry is cut short.
    """
    entries = []
    at, end = 0, len(raw)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(raw[at:start], "big")
        entries.append(raw[start:at])
    if at != end:
        raise Malformed("an entry bundle is cut short")
    return entries


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: what appending needs, and no more.

    `tiles[L]` are the hashes of the partial tile at level L (empty where the level ends in a full
    tile); `bundle` is the partial entry bundle.
    """

    size: int = 0
    tiles: tuple[bytes, ...] = ()
    bundle: bytes = b""

    def root(self) -> bytes:
        """Return the root of the tree."""
        return root_of_rows([split_hashes(tile) for tile in self.tiles])


def root_of_rows(rows: Sequence[Sequence[bytes]]) -> bytes:
    """Return the root over the hashes that stand in partial tiles, lowest level first."""
    roots = [node for row in reversed(rows) for node in tree.perfect_roots(row)]
    return tree.fold(roots) if roots else tree.EMPTY_ROOT


def extend(edge: Edge, entries: Sequence[bytes]) -> tuple[Edge, list[tuple[str, bytes]]]:
    """Append entries; return the new edge and every file that the new size adds.

    The files are the full tiles and bundles that became full and the partial ones of the new
    size, bundles first, then tiles from the lowest level up.

    Raises:
        Malformed: an entry longer than 65,535 bytes.

    Source: C2SP tlog-tiles, "Merkle Tree", "Partial Tiles" and "Log entries".
    """
    if not entries:
        return edge, []
    bundle, files = _extend_bundles(edge, entries)
    tiles: list[bytes] = []
    hashes = tree.leaf_hashes(entries)
    while hashes:
        level = len(tiles)
        partial = edge.tiles[level] if level < len(edge.tiles) else b""
        first = edge.size >> HEIGHT * (level + 1)
        rest, full, hashes = _extend_level(partial, hashes)
        files += [(TileName(level, first + n).path, tile) for n, tile in enumerate(full)]
        if rest:
            width = len(rest) // tree.HASH_BYTES
            files.append((TileName(level, first + len(full), width).path, rest))
        tiles.append(rest)
    tiles += edge.tiles[len(tiles) :]
    return Edge(edge.size + len(entries), tuple(tiles), bundle), files


def _extend_level(partial: bytes, hashes: Sequence[bytes]) -> tuple[bytes, list[bytes], list[bytes]]:
    """Append hashes to a level: the new partial tile, the tiles now full, and their roots."""
    row = partial + b"".join(hashes)
    whole = len(row) - len(row) % TILE_BYTES
    full = [row[at : at + TILE_BYTES] for at in range(0, whole, TILE_BYTES)]
    return row[whole:], full, [tree.perfect_root(split_hashes(tile)) for tile in full]


def _extend_bundles(edge: Edge, entries: Sequence[bytes]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Append entries to the bundles: the new partial bundle and the files."""
    files = []
    index, width = divmod(edge.size, WIDTH)
    bundle, at = edge.bundle, 0
    while at < len(entries):
        chunk = entries[at : at + WIDTH - width]
        bundle, at, width = bundle + encode_bundle(chunk), at + len(chunk), width + len(chunk)
        files.append((TileName(None, index, width).path, bundle))
        if width == WIDTH:
            bundle, index, width = b"", index + 1, 0
    return bundle, files


def rebuild_edge(reader: TileReader, size: int) -> Edge:
    """Regain the right edge of a tree of this size from its files.

    The caller compares `root()` with the checkpoint's: that authenticates what was read.

    Raises:
        Missing: a file that this size needs is not there.
        Tampered: a file does not have the length that this size needs.
    """
    tiles: list[bytes] = []
    while size >> HEIGHT * len(tiles):
        index, width = divmod(size >> HEIGHT * len(tiles), WIDTH)
        tiles.append(read_tile(reader, TileName(len(tiles), index, width)) if width else b"")
    index, width = divmod(size, WIDTH)
    entries = read_bundle(reader, TileName(None, index, width)) if width else []
    return Edge(size, tuple(tiles), encode_bundle(entries))


def read_tile(reader: TileReader, name: TileName) -> bytes:
    """Read a tile of hashes; where a partial one is gone, the start of the full one.

    Raises:
        Missing: neither is there.
        Tampered: it does not have the length that its name says.
    """
    path, raw = _read_or_full(reader, name)
    expected = TILE_BYTES if path != name.path else name.width * tree.HASH_BYTES
    if len(raw) != expected:
        raise Tampered(f"{path} has {len(raw)} bytes, not {expected}")
    return raw[: name.width * tree.HASH_BYTES]


def read_bundle(reader: TileReader, name: TileName) -> list[bytes]:
    """Read the entries of a bundle; where a partial one is gone, the first of the full one.

    Raises:
        Missing: neither is there.
        Tampered: it does not hold the number of entries that its name says.
    """
    path, raw = _read_or_full(reader, name)
    expected = WIDTH if path != name.path else name.width
    try:
        entries = parse_bundle(raw)
    except Malformed as error:
        raise Tampered(f"{path} is cut short") from error
    if len(entries) != expected:
        raise Tampered(f"{path} holds {len(entries)} entries, not {expected}")
    return entries[: name.width]


def _read_or_full(reader: TileReader, name: TileName) -> tuple[str, bytes]:
    """Read a file, or the full one that replaced it; return the path that was read."""
    full = TileName(name.level, name.index).path
    try:
        return name.path, reader.read(name.path)
    except Missing:
        if full == name.path:
            raise
    try:
        return full, reader.read(full)
    except Missing as error:
        raise Missing(f"{name.path} is missing") from error


def split_hashes(tile: bytes) -> list[bytes]:
    """Split a tile into its hashes."""
    return [tile[at : at + 32] for at in range(0, len(tile), tree.HASH_BYTES)]


@dataclass(frozen=True, slots=True)
class HashReader:
    """Reads nodes of a tree of `size` leaves out of its tiles: a `tree.NodeReader`.

    Each tile is read once per call. The hashes are not authenticated here: a proof made of them
    is checked by whoever receives it.
    """

    reader: TileReader
    size: int

    def read_nodes(self, ids: Sequence[tree.NodeId]) -> list[bytes]:
        """Return the hashes of these nodes, in order.

        Raises:
            Missing: a tile is not there.
            Tampered: a tile does not have its length.
        """
        read: dict[TileName, bytes] = {}
        return list(self._nodes(ids, read))

    def _nodes(self, ids: Sequence[tree.NodeId], read: dict[TileName, bytes]) -> Iterator[bytes]:
        for level, index in ids:
            name, start, end = self._place(level, index)
            if name not in read:
                read[name] = read_tile(self.reader, name)
            yield tree.perfect_root(split_hashes(read[name][32 * start : 32 * end]))

    def _place(self, level: int, index: int) -> tuple[TileName, int, int]:
        """Return the tile that holds a node and the first and last hash that make it up."""
        tile_level, above = divmod(level, HEIGHT)
        if (index + 1) << level > self.size:
            raise ValueError("node outside the tree")
        tile, start = divmod(index << above, WIDTH)
        width = min(WIDTH, (self.size >> HEIGHT * tile_level) - tile * WIDTH)
        return TileName(tile_level, tile, width), start, start + (1 << above)
