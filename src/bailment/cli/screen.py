"""`bailment screen NAME` and `bailment screen pairs FILE.csv`: names against lists, the matcher's figures.

What is not found is "no match on list L of date D", never "cleared": a list says whom it names, and nothing
about anybody else.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailment.model.errors import Malformed
from bailment.people.times import instant_of_unix_ms

if TYPE_CHECKING:
    from bailment.app import Platform
    from bailment.model.screening import ListRecord, Snapshot
    from bailment.screening.names.index import Found
    from bailment.screening.names.labelled import Labelled
    from bailment.screening.names.pairs import Figures, Miss

_MAX_PAIRS_BYTES = 50_000_000
_LONGEST_NAME = 1000
# Files of one list that its publisher splits: the first is told by, the others belong to it.
_TOGETHER = (
    ("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"),
    ("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"),
)
_HEAD = 1000


def screen(
    name: Annotated[
        str, typer.Argument(help="A name to screen; or `pairs`, to evaluate a file of labelled pairs.")
    ],
    file: Annotated[
        Path | None, typer.Argument(help="With `pairs`: CSV with the columns name1, name2 and is_match.")
    ] = None,
    *,
    native: Annotated[
        list[str], typer.Option(help="The name in its own script, or a former one; repeat.")
    ] = [],  # noqa: B006 - typer copies it
    lists: Annotated[
        Path | None,
        typer.Option(help="Folder of list files as published; without it, the platform's lists in force."),
    ] = None,
    date: Annotated[
        str, typer.Option(help="Date of publication of the lists in the folder, YYYY-MM-DD; else the files'.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Screen a name against lists, or (`pairs FILE.csv`) print how well names are matched."""
    if name == "pairs":
        if file is None:
            raise Malformed("name the file of pairs: bailment screen pairs FILE.csv", where="FILE")
        _print_pairs(file, as_json=as_json)
        return
    if file is not None:
        raise Malformed("put a name of several words in quotation marks", where="NAME")
    _screen_name((name, *native), lists, date, as_json=as_json)


def _print_pairs(file: Path, *, as_json: bool) -> None:
    from bailment.screening.names.labelled import figures_by_kind, read_pairs

    try:
        with file.open("rb") as opened:
            raw = opened.read(_MAX_PAIRS_BYTES + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(file)) from error
    if len(raw) > _MAX_PAIRS_BYTES:
        raise Malformed(f"is larger than {_MAX_PAIRS_BYTES} bytes", where=str(file))
    labelled = read_pairs(raw, str(file))
    figures = figures_by_kind(labelled)
    if as_json:
        _say(json.dumps(_document(labelled, figures), ensure_ascii=False, indent=1))
    else:
        for line in _lines(labelled, figures):
            _say(_printable(line))


def _document(labelled: "Labelled", figures: "dict[str, Figures]") -> dict[str, object]:
    from bailment.screening.names.score import THRESHOLD

    groups = {
        name: {
            "pairs": each.pairs,
            "precision": round(each.precision, 4),
            "recall": round(each.recall, 4),
            "f1": round(each.f1, 4),
            "wrong_matches": each.wrong_matches,
            "missed_matches": each.missed_matches,
        }
        for name, each in figures.items()
    }
    return {
        "threshold": THRESHOLD,
        "figures": groups,
        "misses": [_miss(miss) for miss in figures["all"].misses],
        "unread_columns": list(labelled.unread_columns),
    }


def _miss(miss: "Miss") -> dict[str, object]:
    return {
        "name1": miss.pair.name1,
        "name2": miss.pair.name2,
        "is_match": miss.pair.is_match,
        "score": miss.comparison.score,
        "explanation": list(miss.comparison.explanation),
    }


def _lines(labelled: "Labelled", figures: "dict[str, Figures]") -> Iterator[str]:
    from bailment.screening.names.score import THRESHOLD

    for miss in figures["all"].misses:
        what = "missed match" if miss.pair.is_match else "wrong match"
        yield f"{what}: {miss.pair.name1} | {miss.pair.name2} (score {miss.comparison.score:.2f})"
        yield from (f"    {line}" for line in miss.comparison.explanation)
    for name, each in figures.items():
        yield (
            f"{name}: {each.pairs} pairs, precision {each.precision:.3f}, recall {each.recall:.3f},"
            f" F1 {each.f1:.3f} at threshold {THRESHOLD}"
        )
    if labelled.unread_columns:
        yield f"columns not read: {', '.join(labelled.unread_columns)}"


def _screen_name(names: tuple[str, ...], folder: Path | None, date: str, *, as_json: bool) -> None:
    from bailment.screening.names.index import NameIndex

    if not any(name.strip() for name in names):
        raise Malformed("is empty", where="NAME")
    if max(map(len, names)) > _LONGEST_NAME:
        raise Malformed(f"is longer than {_LONGEST_NAME} characters", where="NAME")
    snapshots, unread = _own_lists() if folder is None else _snapshots(folder, date)
    index = NameIndex.build(record for snapshot in snapshots for record in snapshot.records)
    # All that is found: "no match" is said of each list by itself, so no list may crowd out another.
    found = index.search(names, most=max(1, len(index)))
    hits = [
        (snapshot, [each for each in found if each.source.list_id == snapshot.list_id])
        for snapshot in snapshots
    ]
    if as_json:
        lists = [_hits(snapshot, matches) for snapshot, matches in hits]
        _say(json.dumps({"lists": lists, "files_not_read": unread}, ensure_ascii=False, indent=1))
        return
    for snapshot, matches in hits:
        for line in _told(snapshot, matches):
            _say(_printable(line))
    if unread:
        _say(_printable(f"not read, of no known format: {', '.join(unread)}"))


def _hits(snapshot: "Snapshot", found: "Iterable[Found[ListRecord]]") -> dict[str, object]:
    matches = [
        {
            "record_id": each.source.record_id,
            "record_name": each.name.text,
            "asked": each.query,
            "score": each.score,
            "by": each.by,
            "explanation": list(each.explanation),
        }
        for each in found
    ]
    result = f"{len(matches)} matches" if matches else "no match"
    return {
        "list": snapshot.list_id,
        "date": snapshot.published_on,
        "digest": snapshot.digest.hex(),
        "result": f"{result} on list {snapshot.list_id} of {snapshot.published_on}",
        "matches": matches,
    }


def _told(snapshot: "Snapshot", found: "list[Found[ListRecord]]") -> Iterator[str]:
    where = f"on list {snapshot.list_id} of {snapshot.published_on}"
    if not found:
        yield f"no match {where}"
    for each in found:
        yield f"match {where}: {each.name.text} (record {each.source.record_id}), score {each.score:.2f}"
        yield from (f"    {line}" for line in each.explanation)


def _own_lists() -> "tuple[list[Snapshot], list[str]]":
    """Return the lists that are in force on the platform of this machine."""
    from bailment.cli.common import with_platform
    from bailment.partners.list_files import snapshots_in_force

    async def work(platform: "Platform") -> "list[Snapshot]":
        async with platform.store.reading() as transaction:
            return await snapshots_in_force(transaction)

    snapshots = with_platform(work)
    if not snapshots:
        raise Malformed("no list is in force here: import one, or name a folder of lists", where="--lists")
    return snapshots, []


def _files(folder: Path) -> dict[str, bytes]:
    try:
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(folder)) from error


def _snapshots(folder: Path, date: str) -> "tuple[list[Snapshot], list[str]]":
    """Return the lists of a folder, and the files that are of no known format."""
    from bailment.screening.lists.importing import guess_format, read_list

    files = _files(folder)
    snapshots: list[Snapshot] = []
    unread: list[str] = []
    for group in _groups(files):
        if format_ := guess_format({name: files[name][:_HEAD] for name in group}):
            # The stem of its first file is a list's name here; the platform's own lists have names of theirs.
            named = {name: files[name] for name in group}
            published = date or _day_of(folder / group[0])
            snapshots.append(read_list(Path(group[0]).stem, format_, named, published))
        else:
            unread += group
    if not snapshots:
        raise Malformed("holds no file of a known list", where=str(folder))
    return snapshots, unread


def _day_of(file: Path) -> str:
    """Return the day on which a file was last written: that of its download, where nobody says another."""
    return instant_of_unix_ms(int(file.stat().st_mtime * 1000))[:10]


def _groups(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    left = dict.fromkeys(names)
    for group in _TOGETHER:
        present = tuple(name for name in group if name in left)
        if present and present[0] == group[0]:
            yield present
            for name in present:
                del left[name]
    yield from ((name,) for name in left)


def _printable(line: str) -> str:
    """Return a line that any terminal takes: names come from outside and may hold control characters."""
    return "".join(each if each.isprintable() else "\ufffd" for each in line)


def _say(text: str) -> None:
    """Print text; what the terminal's encoding does not have becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))
