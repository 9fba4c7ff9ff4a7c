"""Tiles and bundles: the files that the specification wants for every size, and only those."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailment.ledger import tiles, tree
from bailment.ledger.tiles import Edge, HashReader, Missing, TileName, extend, parse_path
from bailment.model.errors import Malformed, Tampered
from tests.ledger.samples import Files

VECTORS = json.loads((Path(__file__).parent.parent / "vectors/tlog.json").read_text())["tile_paths"]
ENTRIES = [number.to_bytes(3, "big") * (number % 5) for number in range(70_000)]
LEAVES = tree.leaf_hashes(ENTRIES)


def build(*sizes: int) -> tuple[Edge, Files]:
    """Append up to each size in turn; keep every file."""
    edge, files = Edge(), Files()
    for size in sizes:
        edge, new = extend(edge, ENTRIES[edge.size : size])
        for path, content in new:
            assert files.content.setdefault(path, content) == content
    return edge, files


def test_paths_are_those_of_the_specification() -> None:
    """The specification's own example comes out."""
    assert TileName(0, VECTORS["index"]).path == f"tile/0/{VECTORS['steps']}"
    assert TileName(None, 5, 7).path == "tile/entries/005.p/7"
    assert TileName(63, 1000).path == "tile/63/x001/000"


@given(st.none() | st.integers(0, 63), st.integers(0, 10**20), st.integers(1, 256))
def test_paths_round_trip(level: int | None, index: int, width: int) -> None:
    """A path parses back to its name."""
    name = TileName(level, index, width)
    assert parse_path(name.path) == name


@pytest.mark.parametrize(
    "path",
    [
        *("", "tile/0/1", "tile/0/0001", "tile/00/001", "tile/64/001", "tile/x/001", "tile/-1/001"),
        *("tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/001.p/0", "tile/0/001.p/256"),
        *(
            "tile/0/001.p/01",
            "tile/0/001.p/",
            "tile/0/../001",
            "/tile/0/001",
            "tile/0/001\n",
            "tile/0/\u0660\u0660\u0661",
        ),
    ],
)
def test_refuses_other_paths(path: str) -> None:
    """A path in any other form is malformed, so none leaves the folder."""
    with pytest.raises(Malformed):
        parse_path(path)


@given(st.text(alphabet="tileentris/0123456789x.p", max_size=30))
def test_no_path_makes_the_parser_stumble(path: str) -> None:
    """Any text is malformed or the path of what it parses to."""
    try:
        name = parse_path(path)
    except Malformed:
        return
    assert name.path == path


def test_a_tree_of_70000_has_the_files_of_the_specification() -> None:
    """Full and partial tiles are as many and as wide as the specification's example says."""
    edge, files = build(70_000)
    assert edge.root() == tree.root(LEAVES)
    shape: dict[int | None, tuple[int, int]] = {None: (273, 112)}
    shape.update({int(level): (full, width) for level, (full, width) in VECTORS["size_70000"].items()})
    expected = set()
    for level, (full, width) in shape.items():
        expected |= {TileName(level, index).path for index in range(full)}
        expected.add(TileName(level, full, width).path)
    assert set(files.content) == expected


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])
def test_any_way_of_appending_gives_the_same_files(size: int) -> None:
    """At once or in parts: same root, same edge, and every file of the final size is there."""
    edge, files = build(size)
    parts = sorted({size // 3, size // 2, max(size - 1, 0), size})
    stepped, more = build(*parts)
    assert stepped == edge
    assert edge.root() == tree.root(LEAVES[:size])
    assert set(files.content) <= set(more.content)
    rebuilt = tiles.rebuild_edge(more, size)
    assert rebuilt.root() == edge.root()
    assert extend(rebuilt, ENTRIES[size : size + 300])[0].root() == tree.root(LEAVES[: size + 300])


@given(st.lists(st.integers(0, 300), max_size=6))
def test_appending_needs_only_the_edge(steps: list[int]) -> None:
    """After any steps the edge has the root of the whole and can be rebuilt from the files."""
    sizes = [sum(steps[: at + 1]) for at in range(len(steps))]
    edge, files = build(*sizes)
    assert edge.root() == tree.root(LEAVES[: edge.size])
    assert tiles.rebuild_edge(files, edge.size).root() == edge.root()


@pytest.mark.parametrize("size", [1, 255, 256, 300, 65_536, 66_000])
def test_proofs_from_tiles(size: int) -> None:
    """Proofs read from tiles verify, also where a partial tile gave way to the full one."""
    edge, files = build(size)
    _, later = build(size, 70_000)
    grown = Files({path: raw for path, raw in later.content.items() if ".p/" not in path})
    grown.content.update({path: raw for path, raw in later.content.items() if path.endswith("p/112")})
    for content in (files, later):
        reader = HashReader(content, size)
        for index in {0, size // 2, size - 1}:
            proof = tree.prove_inclusion(reader, index, size)
            tree.verify_inclusion(index, size, LEAVES[index], proof, edge.root())
        for old in {1, size // 2 or 1, size}:
            proof = tree.prove_consistency(reader, old, size)
            tree.verify_consistency(old, size, tree.root(LEAVES[:old]), edge.root(), proof)
    assert tiles.read_tile(grown, TileName(0, 0, 5)) == b"".join(LEAVES[:5])
    assert tiles.read_bundle(grown, TileName(None, 0, 5)) == ENTRIES[:5]


def test_reading_outside_the_tree_is_a_mistake() -> None:
    """A node that the tree does not have is a programming error."""
    with pytest.raises(ValueError, match="outside"):
        HashReader(Files(), 5).read_nodes([(2, 1)])


def test_missing_and_misshapen_files_are_told_apart() -> None:
    """A file that is not there is missing; one of the wrong length is tampered with."""
    _, files = build(300)
    with pytest.raises(Missing, match="tile/0/007 is missing"):
        tiles.read_tile(files, TileName(0, 7))
    with pytest.raises(Missing, match=r"tile/0/007.p/3 is missing"):
        tiles.read_tile(files, TileName(0, 7, 3))
    files.content["tile/0/000"] += b"x"
    files.content["tile/0/001"] = bytes(32)
    files.content["tile/entries/000"] += b"\x00"
    files.content["tile/entries/001.p/44"] += b"\x00\x00"
    with pytest.raises(Tampered):
        tiles.read_tile(files, TileName(0, 0))
    with pytest.raises(Tampered):
        tiles.read_tile(files, TileName(0, 1, 1))
    with pytest.raises(Tampered):
        tiles.read_bundle(files, TileName(None, 0))
    with pytest.raises(Tampered):
        tiles.read_bundle(files, TileName(None, 1, 44))


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_round_trip(entries: list[bytes]) -> None:
    """Entries come back from a bundle; a bundle cut anywhere inside is malformed or a shorter one."""
    raw = tiles.encode_bundle(entries)
    assert tiles.parse_bundle(raw) == entries
    for end in range(0, len(raw), 7):
        try:
            assert tiles.encode_bundle(tiles.parse_bundle(raw[:end])) == raw[:end]
        except Malformed:
            continue


def test_entries_have_a_limit() -> None:
    """The longest entry fits, one byte more is malformed."""
    assert tiles.parse_bundle(tiles.encode_bundle([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(Malformed):
        extend(Edge(), [bytes(65_536)])
