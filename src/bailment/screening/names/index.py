"""An index of names: the records of the lists, or the parties of the platform, searched by name or number.

The same index holds either side. A new partner is searched in the index of the lists; the changed records
of a list are searched in the index of the parties, so that an update never meets 100,000 parties one by one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bailment.model.screening import Identifier, Kind, ListName, ListRecord, NameKind, Party
from bailment.screening.names.explain import explain
from bailment.screening.names.frequencies import Frequencies
from bailment.screening.names.identifiers import is_same, key_of
from bailment.screening.names.postings import Postings
from bailment.screening.names.reading import Reading, readings
from bailment.screening.names.score import THRESHOLD, Scored, score

S = TypeVar("S")

MOST_MATCHES = 20
_PERSONS = frozenset({Kind.PERSON})
# What a search for a kind may find; an unknown kind may be anything with a name of its own.
_COMPATIBLE = {
    Kind.PERSON: frozenset({Kind.PERSON, Kind.UNKNOWN}),
    Kind.ENTITY: frozenset({Kind.ENTITY, Kind.STATE, Kind.UNKNOWN}),
    Kind.STATE: frozenset({Kind.STATE, Kind.ENTITY, Kind.UNKNOWN}),
    Kind.VESSEL: frozenset({Kind.VESSEL, Kind.UNKNOWN}),
    Kind.AIRCRAFT: frozenset({Kind.AIRCRAFT, Kind.UNKNOWN}),
}
_ANY = frozenset(Kind) - {Kind.CATEGORY}


@dataclass(frozen=True, slots=True)
class Subject(Generic[S]):
    """What an index needs to know of a record or a party; `key` is its own among all of its index."""

    key: str
    kind: Kind
    names: tuple[ListName, ...]
    identifiers: tuple[Identifier, ...]
    source: S


@dataclass(frozen=True, slots=True)
class Found(Generic[S]):
    """One record or party that a search found: the name asked for, the name found, and why."""

    source: S
    query: str
    name: ListName
    score: float
    by: str
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry(Generic[S]):
    subject: Subject[S]
    name: ListName
    reading: Reading


@dataclass(slots=True)
class _Best(Generic[S]):
    entry: _Entry[S]
    query: str
    scored: Scored


def subject_of_record(record: ListRecord) -> Subject[ListRecord]:
    """Return a record as an index holds it; a category of products has no name to match."""
    names = () if record.kind is Kind.CATEGORY else record.names
    key = f"{record.list_id}\x00{record.record_id}"
    return Subject(key, record.kind, names, record.identifiers, record)


def subject_of_party(party: Party) -> Subject[Party]:
    """Return a party as an index holds it."""
    names = tuple(
        ListName(name, NameKind.ALIAS if at else NameKind.PRIMARY) for at, name in enumerate(party.names)
    )
    return Subject(party.party_id, party.kind, names, party.identifiers, party)


class NameIndex(Generic[S]):
    """Names with their records or parties. Adding and removing are incremental; no I/O, no clock.

    With `like`, words weigh what they weigh in that index: a search in the parties then scores exactly as a
    search in the lists does.
    """

    def __init__(
        self, subject_of: Callable[[S], Subject[S]], like: "NameIndex[ListRecord] | None" = None
    ) -> None:
        self._subject_of = subject_of
        self._own = like is None
        # Organisations and persons apart: a word that is frequent among the ones says nothing of the others.
        self.frequencies: tuple[Frequencies, Frequencies] = (
            (Frequencies(), Frequencies()) if like is None else like.frequencies
        )
        self._postings = (Postings(), Postings())
        self._entries: list[_Entry[S] | None] = []
        self._of: dict[str, list[int]] = {}
        self._subjects: dict[str, Subject[S]] = {}
        self._numbers: dict[str, set[str]] = {}

    @staticmethod
    def build(records: Iterable[ListRecord]) -> "NameIndex[ListRecord]":
        """Return an index of the records of lists."""
        index = NameIndex(subject_of_record)
        index.add(records)
        return index

    def __len__(self) -> int:
        return len(self._subjects)

    def add(self, sources: Iterable[S]) -> None:
        """Add records or parties; one that is there already, by its key, is replaced."""
        for source in sources:
            subject = self._subject_of(source)
            self._remove(subject.key)
            self._subjects[subject.key] = subject
            for name in subject.names:
                for person in _ways(subject.kind):
                    for reading in readings(name.text, person=person):
                        self._add_entry(_Entry(subject, name, reading))
            for identifier in subject.identifiers:
                self._numbers.setdefault(key_of(identifier), set()).add(subject.key)

    def remove(self, sources: Iterable[S]) -> None:
        """Remove records or parties by their keys; one that is not there is no matter."""
        for source in sources:
            self._remove(self._subject_of(source).key)
        if len(self._entries) > 1000 and self._entries.count(None) > len(self._entries) // 2:
            self._compact()

    def search(
        self,
        names: Sequence[str],
        *,
        kind: Kind | None = None,
        most: int = MOST_MATCHES,
        least: float = THRESHOLD,
    ) -> list[Found[S]]:
        """Return what any of the names finds, best first, one finding a record; scores from `least` up."""
        best: dict[str, _Best[S]] = {}
        for name in dict.fromkeys(names):
            for person in _ways(kind or Kind.UNKNOWN):
                for reading in readings(name, person=person):
                    self._search(name, reading, best, kind=kind, least=least)
        ranked = sorted(best.values(), key=lambda each: (-each.scored.score, each.entry.subject.key))
        return [_found(each) for each in ranked[:most]]

    def by_identifier(self, identifiers: Iterable[Identifier]) -> list[Found[S]]:
        """Return what has one of these numbers, after the numbers are normalised; the score is 1."""
        found: dict[str, Identifier] = {}
        for identifier in identifiers:
            for owner in sorted(self._numbers.get(key_of(identifier), ())):
                if any(is_same(identifier, each) for each in self._subjects[owner].identifiers):
                    found.setdefault(owner, identifier)
        return [self._numbered(owner, identifier) for owner, identifier in found.items()]

    def _numbered(self, owner: str, identifier: Identifier) -> Found[S]:
        subject = self._subjects[owner]
        name = subject.names[0] if subject.names else ListName("")
        told = f"the {identifier.scheme} number '{identifier.value}' is the same"
        return Found(subject.source, identifier.value, name, 1.0, "identifier", (told,))

    def _add_entry(self, entry: _Entry[S]) -> None:
        number = len(self._entries)
        self._entries.append(entry)
        self._of.setdefault(entry.subject.key, []).append(number)
        self._postings[entry.reading.person].add(number, entry.reading)
        if self._own:
            self.frequencies[entry.reading.person].add(entry.reading.tokens)

    def _remove(self, key: str) -> None:
        subject = self._subjects.pop(key, None)
        if subject is None:
            return
        for number in self._of.pop(key, ()):
            entry = self._entries[number]
            if entry is None:
                raise AssertionError(f"entry {number} of a subject that is there was removed")
            # The keys stay in the postings and lead to nothing, until the index is compacted.
            self._entries[number] = None
            if self._own:
                self.frequencies[entry.reading.person].add(entry.reading.tokens, -1)
        for identifier in subject.identifiers:
            self._numbers[key_of(identifier)].discard(key)

    def _compact(self) -> None:
        """Build anew from what is left, so that what was removed takes no memory."""
        sources = [subject.source for subject in self._subjects.values()]
        if self._own:
            self.frequencies = (Frequencies(), Frequencies())
        self._postings = (Postings(), Postings())
        self._entries, self._of, self._subjects, self._numbers = [], {}, {}, {}
        self.add(sources)

    def _search(
        self,
        name: str,
        reading: Reading,
        best: dict[str, _Best[S]],
        *,
        kind: Kind | None,
        least: float,
    ) -> None:
        person = reading.person
        weigh = self.frequencies[person].weigh
        allowed = _ANY if kind is None else _COMPATIBLE.get(kind, _ANY)
        weights = [weigh(token) for token in reading.tokens]
        # In the order of the entries, so that of two names that are as like the first is told, whatever else
        # is in the index.
        for number in sorted(self._postings[person].candidates(reading, weights)):
            entry = self._entries[number]
            if entry is None or entry.subject.kind not in allowed:
                continue
            scored = score(reading, entry.reading, weigh, person=person)
            known = best.get(entry.subject.key)
            if scored.score >= least and (known is None or scored.score > known.scored.score):
                best[entry.subject.key] = _Best(entry, name, scored)


def index_of_parties(parties: Iterable[Party], like: NameIndex[ListRecord] | None = None) -> NameIndex[Party]:
    """Return an index of parties, in which the changed records of a list are searched.

    `like` is the index of the lists: give it, and both directions score alike.
    """
    index: NameIndex[Party] = NameIndex(subject_of_party, like)
    index.add(parties)
    return index


def _ways(kind: Kind) -> tuple[bool, ...]:
    """Return whether names of a kind are read as a person's, as an organisation's, or both."""
    if kind is Kind.UNKNOWN:
        return (False, True)
    return (kind in _PERSONS,)


def _found(best: _Best[S]) -> Found[S]:
    explanation = explain(best.scored)
    if best.entry.name.kind is not NameKind.PRIMARY:
        told = f"'{best.entry.name.text}' is listed as {_AS[best.entry.name.kind]}"
        explanation = (told, *explanation)
    return Found(
        best.entry.subject.source, best.query, best.entry.name, best.scored.score, "name", explanation
    )


_AS = {
    NameKind.ALIAS: "a further name",
    NameKind.WEAK: "a weak alias",
    NameKind.FORMER: "a former name",
    NameKind.NATIVE: "the name in its own script",
}
