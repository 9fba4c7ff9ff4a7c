"""Rows of the bench: what was measured, beside what, and whether its goal is met.

A `ratio` always says how many times better ours is than the peer, whichever way the unit goes; so every goal
of a ratio is a least value, and 0.1 stands for "at most ten times slower". A row without a peer has its goal
in its own unit, and its name says "at most" where less is better.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.console import Console
from rich.table import Table

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table and one object of build/bench.json; `met` is None where there is no goal."""

    name: str
    ours: float
    peer: float | None
    unit: str
    ratio: float | None
    goal: float | None
    met: bool | None


def paired(name: str, ours: Sequence[float], peer: Sequence[float], unit: str, goal: float | None) -> Row:
    """Return a row of rates measured in rounds; its ratio is the median of the rounds' own ratios.

    The two of a round ran side by side, so a neighbour on this machine slowed both.
    """
    ratio = median(mine / theirs for mine, theirs in zip(ours, peer, strict=True))
    return beside(name, (median(ours), median(peer)), unit, ratio, goal)


def beside(name: str, both: tuple[float, float], unit: str, ratio: float, goal: float | None) -> Row:
    """Return a row of one figure beside a peer's, with how many times better it is."""
    met = None if goal is None else ratio >= goal
    return Row(name, _short(both[0]), _short(both[1]), unit, _short(ratio), goal, met)


def at_least(name: str, ours: float, unit: str, goal: float) -> Row:
    """Return a row without a peer, where more is better."""
    return Row(name, _short(ours), None, unit, None, goal, ours >= goal)


def at_most(name: str, ours: float, unit: str, goal: float) -> Row:
    """Return a row without a peer, where less is better."""
    return Row(f"{name}, at most", _short(ours), None, unit, None, goal, ours <= goal)


def told(name: str, ours: float, unit: str) -> Row:
    """Return a row that has neither peer nor goal."""
    return Row(name, _short(ours), None, unit, None, None, None)


def _short(number: float) -> float:
    """Round to four digits: more would claim what no measurement here can."""
    return float(f"{number:.4g}")


def interleave(rounds: int, measures: dict[K, Callable[[], float]]) -> dict[K, list[float]]:
    """Run every measure once a round, so that each meets the same neighbours; return all results."""
    results: dict[K, list[float]] = {key: [] for key in measures}
    for _ in range(rounds):
        for key, measure in measures.items():
            results[key].append(measure())
    return results


def print_rows(rows: Sequence[Row]) -> None:
    """Print one table."""
    table = Table(title="Bailment beside its peers", title_justify="left")
    table.add_column("what")
    for title in ("ours", "peer", "unit", "ratio", "goal", "met"):
        table.add_column(title, justify="left" if title == "unit" else "right", no_wrap=True)
    for row in rows:
        met = "" if row.met is None else "[green]yes[/]" if row.met else "[red]NO[/]"
        numbers = [_text(number) for number in (row.ours, row.peer)]
        table.add_row(row.name, *numbers, row.unit, _text(row.ratio), _text(row.goal), met)
    Console(width=132 if not Console().is_terminal else None).print(table)


def _text(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.4g}"


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as the JSON list that later work extends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1, allow_nan=False) + "\n")
