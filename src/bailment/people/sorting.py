"""Sorting friendships by person, outside the database and in bounded memory.

A friendship is stored in both directions. Written as they come, the reverse ones fall on random pages of
the table, and every chunk rewrites most of it; sorted by person, each page is written once. Runs are
sorted in memory, kept in temporary files and merged.
"""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from bailment.model.people import Friendship

RUN = 500_000
# Wide enough for 2^53, so that lines sort as their numbers do.
_WIDTH = 16


def both_ways_by_person(friendships: Iterable[tuple[int, int, str]]) -> Iterator[Friendship]:
    """Yield each friendship in both directions, those of one person together, persons ascending."""
    with ExitStack() as files:
        runs: list[Iterable[str]] = []
        lines: list[str] = []
        for person, friend, since in friendships:
            lines.append(f"{person:0{_WIDTH}d} {friend} {since}\n")
            lines.append(f"{friend:0{_WIDTH}d} {person} {since}\n")
            if len(lines) >= RUN:
                runs.append(_store(lines, files))
                lines = []
        lines.sort()
        for line in heapq.merge(*runs, lines):
            first, second, since = line[:-1].split(" ")
            yield Friendship(int(first), int(second), since)


def _store(lines: list[str], files: ExitStack) -> Iterable[str]:
    """Keep a sorted run in a temporary file that goes when `files` closes."""
    lines.sort()
    file = files.enter_context(tempfile.TemporaryFile("w+", encoding="ascii"))  # noqa: SIM115 - it is one
    file.writelines(lines)
    file.seek(0)
    return file
