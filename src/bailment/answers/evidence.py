"""What every answer is made of: a sentence, findings with their evidence and entries, what is unknown.

Evidence, weakest first, is the design's scale. An answer is never a bare yes or no: its first sentence says
what was found and how much of it, and what nobody can know from here stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from bailment.ledger.register_text import instant, printable

MOST_ENTRIES = 20


class Evidence(Enum):
    """On what a claim rests, weakest first; `UNKNOWN` is no claim at all."""

    UNKNOWN = "unknown"
    ASSERTED = "asserted"
    CONTRACT = "contract"
    BEARER = "bearer"
    BOUND = "bound"
    ATTESTED = "attested"
    ENFORCED = "enforced"
    TESTED = "tested"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim: a sentence, on what it rests, and the indices of the entries behind it.

    `entries` are the first few; `entry_count` is how many there are in all.
    """

    sentence: str
    evidence: Evidence
    entries: tuple[int, ...] = ()
    entry_count: int = 0


def finding(sentence: str, evidence: Evidence, entries: Iterable[int] = ()) -> Finding:
    """Return a finding that names the first of its entries and counts them all."""
    found = list(entries)
    return Finding(sentence, evidence, tuple(found[:MOST_ENTRIES]), len(found))


@dataclass(slots=True)
class Trail:
    """Indices of entries while they are read by the million: the first few, and how many."""

    first: list[int] = field(default_factory=list)
    count: int = 0

    def add(self, index: int) -> None:
        """Take in one entry."""
        self.count += 1
        if len(self.first) < MOST_ENTRIES:
            self.first.append(index)

    def finding(self, sentence: str, evidence: Evidence) -> Finding:
        """Return a finding that rests on these entries."""
        return Finding(sentence, evidence, tuple(self.first), self.count)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as of an instant (Unix ms), made of the first `entries` entries of a ledger.

    `numbers` are its figures by name and partner, `unknown` says in words what cannot be told, `limits` what
    the answer does not cover.
    """

    question: str
    as_of: int
    entries: int
    answer: str
    findings: list[Finding]
    numbers: dict[str, object]
    unknown: list[str]
    limits: list[str]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        lines = [self.answer, f"As of {instant(self.as_of)}, from {self.entries} entries.", ""]
        lines += [f"[{each.evidence.value}] {each.sentence}{_entries(each)}" for each in self.findings]
        lines += [f"[unknown] {each}" for each in self.unknown]
        lines += ["", *(f"Limit: {each}" for each in self.limits)]
        return [printable(line) for line in lines]


def _entries(found: Finding) -> str:
    if not found.entries:
        return ""
    named = ", ".join(str(index) for index in found.entries[:5])
    more = f" and {found.entry_count - 5} more" if found.entry_count > 5 else ""
    return f" ({'entry' if found.entry_count == 1 else 'entries'} {named}{more})"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


WENT_ROUND = "The ledger shows what passed the gateway, not what went round it."
NOT_AFTER = "What a device or partner does with data after it was read is not known here."
NOT_OPEN = "the details do not open (their person was erased, or they were altered)"
