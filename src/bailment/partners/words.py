"""The words by which a changed list finds the partners that it may be about, without reading every name.

Reading 100,000 partners' names takes minutes; their words are therefore kept beside their outcomes, party
by party. A party and a record can only match if they share a word as it is read here, one spells the other's
with a slip, or a number of theirs is the same: the same rule by which `screening.names.postings` finds
candidates, and never a narrower one. The parties that are found are then compared in full, and no others.

How much a word weighs depends on how often it stands in all lists. The counts are kept too, so that a change
of a few names is compared by the same weights as a comparison with everything.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bailment.model.screening import Kind, ListRecord, Party
from bailment.screening.names import arabic
from bailment.screening.names.align import slips
from bailment.screening.names.frequencies import Frequencies
from bailment.screening.names.identifiers import key_of
from bailment.screening.names.index import NameIndex, Subject, subject_of_party, subject_of_record
from bailment.screening.names.reading import Reading, readings
from bailment.screening.names.score import EQUALS
from bailment.screening.names.text import Script
from bailment.screening.names.tokens import Role, Token

_LONGEST_JOIN = 3
# Of words that are up to so long also fewer letters of an end are enough: a slip takes more of them.
_SHORT = 6
_LATIN, _ARABIC, _NUMBER, _ACRONYM, _JOIN = "&", "%", "!", "^", "+"


# How a line of words begins: a person is looked for by records of persons alone. No word begins so.
_PERSON, _OTHER = "<p", "<o"
PERSON, OTHER = "p", "o"
_OF_PERSONS = frozenset({Kind.PERSON, Kind.UNKNOWN})


def party_keys(parties: Iterable[Party]) -> str:
    """Return the words of a partner and its owners: the long ones of all, then a line of words for each.

    Words are sorted, with spaces between them. Only long words (`is_long`) may have a slip of the pen.
    """
    long: set[str] = set()
    lines = []
    for party in parties:
        found = _keys(party.names, party.kind)
        found |= {_NUMBER + key for each in party.identifiers if (key := key_of(each))}
        words = sorted(map(_one_word, found))
        long.update(filter(is_long, words))
        lines.append(" ".join([_PERSON if party.kind is Kind.PERSON else _OTHER, *words]))
    return "\n".join([" ".join(sorted(long)), *lines])


def record_keys(record: ListRecord) -> str:
    """Return the words of a record, as `party_keys` does those of a partner with one party."""
    subject = subject_of_record(record)
    names = tuple(each.text for each in subject.names)
    return party_keys([Party(record.record_id, record.kind, names, identifiers=record.identifiers)])


def places_by_word(keys: str) -> dict[str, list[int]]:
    """Return, of words from `party_keys`, each word with the places of the parties that have it.

    It begins with `PERSON` where the party is a person, else with `OTHER`.
    """
    found: dict[str, list[int]] = {}
    for at, (mark, *words) in enumerate(line.split(" ") for line in keys.split("\n")[1:]):
        for word in words:
            found.setdefault((PERSON if mark == _PERSON else OTHER) + word, []).append(at)
    return found


def is_long(word: str) -> bool:
    """Tell whether a word may be another one with a slip of the pen, see `screening.names.align.slips`."""
    return len(word) > 4 and word.isalpha()


def _one_word(key: str) -> str:
    return "_".join(key.split())


@dataclass(frozen=True, slots=True)
class Sought:
    """What a party must have one of to be like one of some records: a word, or one with a slip in it."""

    words: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What any party must have one of to be like one of some records, and what a person must."""

    anyone: Sought = field(default_factory=Sought)
    person: Sought = field(default_factory=Sought)

    def find(self, keys: Mapping[str, str]) -> dict[str, frozenset[int]]:
        """Return the partners, of all whose words are given, that the records may be about.

        Each with the places, among its parties, of those that were found. `keys` are of `party_keys`.
        """
        if not self.anyone.words:
            return {}
        parts = {partner_id: text.partition("\n") for partner_id, text in keys.items()}
        # Sets and slices of all words at once: a loop in Python over a million words would take a second.
        known = set(" ".join([part[0] for part in parts.values()]).split(" "))
        near = near_words(self.anyone.spelled, known)
        anyone = self.anyone.words | near
        person = self.person.words | near_words(self.person.spelled, near)
        some = {key: part[2] for key, part in parts.items() if not anyone.isdisjoint(part[2].split())}
        found = {key: _places(lines, anyone, person) for key, lines in some.items()}
        return {key: places for key, places in found.items() if places}


def _places(lines: str, anyone: frozenset[str], person: frozenset[str]) -> frozenset[int]:
    """Return which lines of words have one that is sought of such a party."""
    return frozenset(
        at
        for at, (mark, *words) in enumerate(line.split(" ") for line in lines.split("\n"))
        if not (person if mark == _PERSON else anyone).isdisjoint(words)
    )


def ends_of(word: str) -> tuple[str, ...]:
    """Return the ends of a long word by which those with a slip of the pen find it, as in `postings`."""
    ends = (word[:3] + "-", "-" + word[-3:])
    return (*ends, word[:2] + "-", "-" + word[-2:]) if len(word) <= _SHORT else ends


def by_ends(words: Iterable[str]) -> dict[str, list[str]]:
    """Return the long words among some by their ends."""
    found: dict[str, list[str]] = {}
    for word in words:
        if is_long(word):
            for end in ends_of(word):
                found.setdefault(end, []).append(word)
    return found


def near_words(wanted: Iterable[str], known: Collection[str]) -> set[str]:
    """Return the words among `known` that are one of `wanted` with a slip of the pen.

    One of a word's ends must be whole, as in `screening.names.postings`. `known` may have a million words, so
    most are passed over by their ends alone.
    """
    asked = by_ends(wanted)
    some: dict[str, list[str]] = {end: [] for end in asked}
    # A slice at a time over all of them, which costs less than making all ends of each.
    for size, few in ((3, False), (2, True)) if asked else ():
        for word in known:
            if len(word) <= _SHORT or not few:
                for end in (word[:size] + "-", "-" + word[-size:]):
                    if end in some:
                        some[end].append(word)
    return near_at_ends(asked, some)


def near_at_ends(asked: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the known words that are an asked one with a slip; both are given by their ends."""
    return {
        other
        for end, words in asked.items()
        if (among := known.get(end))
        for word in words
        # One call in C for all that end so; the few that are left are asked by the rule itself.
        for other, _, _ in process.extract(word, among, scorer=OSA.distance, score_cutoff=2, limit=None)
        if slips(word, other)
    }


def _keys(names: Iterable[str], kind: Kind) -> set[str]:
    found: set[str] = set()
    for name in names:
        for person in _ways(kind):
            for reading in readings(name, person=person):
                named = [token for token in reading.tokens if token.role is Role.NAME]
                found.update(_keys_of(named or reading.tokens, _LATIN, _ARABIC))
                found.update(_JOIN + each for each in _joins(reading.tokens, named))
                found.update(_ACRONYM + each for each in reading.acronyms)
    return found


def _ways(kind: Kind) -> tuple[bool, ...]:
    return (False, True) if kind is Kind.UNKNOWN else (kind is Kind.PERSON,)


def _keys_of(tokens: Iterable[Token], latin: str, other: str) -> Iterator[str]:
    """Yield the words of tokens, and the consonants by which Latin and Arabic spellings find each other."""
    for token in tokens:
        yield from token.keys
        yield token.spelled
        if token.script is Script.ARABIC:
            yield other + arabic.skeleton_of(token.spelled)
        elif token.script is not Script.HAN and len(token.spelled) > 2:
            yield latin + arabic.skeleton(token.spelled)


def _joins(tokens: Sequence[Token], named: Collection[Token]) -> Iterator[str]:
    """Yield what neighbouring words are when written as one, where one of them is among `named`."""
    for start in range(len(tokens) - 1):
        text, counts = tokens[start].spelled, tokens[start] in named
        for token in tokens[start + 1 : start + _LONGEST_JOIN]:
            text += token.spelled
            counts = counts or token in named
            if counts and len(text) < 24:
                yield text


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often each distinctive word stands in the names of organisations, and of persons, of some lists.

    `names` is how many names were read, of each.
    """

    names: list[int] = field(default_factory=lambda: [0, 0])
    counts: list[dict[str, int]] = field(default_factory=lambda: [{}, {}])

    def changed(self, gone: Iterable[ListRecord], new: Iterable[ListRecord]) -> "WordCounts":
        """Return the counts without some records and with others."""
        names, counts = list(self.names), [Counter(each) for each in self.counts]
        for records, times in ((gone, -1), (new, 1)):
            for record in records:
                for person, reading in _readings_of(subject_of_record(record)):
                    names[person] += times
                    for token in reading.tokens:
                        if token.role is Role.NAME:
                            counts[person][token.value] += times
        return WordCounts(names, [{word: count for word, count in each.items() if count} for each in counts])


class Weights:
    """What words weigh in all lists, by counts of them."""

    def __init__(self, counts: WordCounts) -> None:
        self._frequencies = (_frequencies(counts, 0), _frequencies(counts, 1))

    def index(self, records: Iterable[ListRecord]) -> NameIndex[ListRecord]:
        """Return an index of some records in which words weigh what they weigh in all lists."""
        whole: NameIndex[ListRecord] = NameIndex(subject_of_record)
        whole.frequencies = self._frequencies
        some: NameIndex[ListRecord] = NameIndex(subject_of_record, whole)
        some.add(records)
        return some

    def wanted(self, records: Iterable[ListRecord]) -> Wanted:
        """Return what a partner must have one of to be like one of these records.

        Of an organisation's name that is its most distinctive word, or one of equals
        (`screening.names.score`, rule 1); of a person's, any.
        """
        return self._wanted([subject_of_record(each) for each in records])

    def wanted_by(self, parties: Iterable[Party]) -> Wanted:
        """Return what a record must have one of to be like one of these parties: the same from their side."""
        return self._wanted([subject_of_party(each) for each in parties])

    def _wanted(self, subjects: Sequence[Subject[ListRecord]] | Sequence[Subject[Party]]) -> Wanted:
        # A number is compared whatever the kinds are.
        numbers = {
            _NUMBER + key for subject in subjects for each in subject.identifiers if (key := key_of(each))
        }
        persons = [subject for subject in subjects if subject.kind in _OF_PERSONS]
        return Wanted(self._sought(subjects, numbers), self._sought(persons, numbers))

    def _sought(
        self, subjects: Iterable[Subject[ListRecord] | Subject[Party]], numbers: Iterable[str]
    ) -> Sought:
        words = set(numbers)
        spelled: set[str] = set()
        for subject in subjects:
            for person, reading in _readings_of(subject):
                leading = _leading(reading, self._frequencies[person].weigh)
                joined = set(_joins(reading.tokens, leading))
                # The consonants of a Latin word look for Arabic ones, and the other way round.
                words.update(_keys_of(leading, _ARABIC, _LATIN))
                words.update(joined)
                words.update(_JOIN + key for token in leading for key in token.keys)
                words.update(_JOIN + each for each in joined)
                # A name may be the acronym of the other; two names with one acronym are not alike by that.
                words.update(reading.acronyms)
                words.update(_ACRONYM + key for token in leading for key in token.keys)
                spelled.update(token.spelled for token in leading)
        return Sought(frozenset(map(_one_word, words)), frozenset(spelled))


def _frequencies(counts: WordCounts, person: int) -> Frequencies:
    return Frequencies.of(counts.names[person], counts.counts[person])


def _leading(reading: Reading, weigh: Callable[[Token], float]) -> Sequence[Token]:
    """Return the words of which a name must have one to be this name."""
    named = [token for token in reading.tokens if token.role is Role.NAME]
    if not named or reading.person:
        return named or reading.tokens
    top = max(weigh(token) for token in named)
    return [token for token in named if weigh(token) >= EQUALS * top]


def _readings_of(subject: Subject[ListRecord] | Subject[Party]) -> Iterator[tuple[bool, Reading]]:
    for name in subject.names:
        for person in _ways(subject.kind):
            for reading in readings(name.text, person=person):
                yield reading.person, reading
