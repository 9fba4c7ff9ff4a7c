"""How a sweep compares: who is to be looked at anew because lists changed, and what everyone is like.

Two ways lead to the same matches. With the index of all records, any party can be compared with everything.
With an index of the records that changed alone, weighed as in the whole, a party that was compared before
needs only these: what it was like among the others it still is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bailment.model.screening import ListRecord, Match, Party, Profile
from bailment.partners.dossiers import DossierKind
from bailment.partners.list_files import holding_on, pieces_of, records_of
from bailment.partners.outcomes import ListUsed
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.words import Weights, WordCounts, record_keys
from bailment.screening.lists.packing import record_of
from bailment.screening.names.index import NameIndex
from bailment.screening.names.matching import match

Records = Mapping[str, Mapping[str, ListRecord]]
"""Records that have not ended, by list and id."""
Pieces = Mapping[str, Sequence[bytes]]
"""The records of lists, each still packed, by list."""


@dataclass(frozen=True, slots=True)
class Words:
    """The counts of the words of lists as they were on a date, as `matcher` reads them.

    `lists` are digests of records by list.
    """

    on: str
    lists: dict[str, str]
    counts: WordCounts
    matcher: str = ""


WORDS = DossierKind("screening-words", Words)


@dataclass(frozen=True, slots=True)
class RecordWords:
    """The words of a list's records, in their packed order, as `matcher` reads them (`words.record_keys`).

    `records` is the digest of the packed records.
    """

    records: str
    matcher: str
    keys: tuple[str, ...]


RECORD_WORDS = DossierKind("screening-record-words", RecordWords)
"""Of the lists that the newest sweep used, by list."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed in the lists: records that are gone or were otherwise, and records as they are now.

    `touched` has the list and id of each.
    """

    gone: tuple[ListRecord, ...] = ()
    new: tuple[ListRecord, ...] = ()
    touched: frozenset[tuple[str, str]] = frozenset()


async def records_on(transaction: ProgrammeTransaction, lists: Mapping[str, ListUsed], date: str) -> Records:
    """Return the records of lists that hold on a date."""
    return {list_id: holding_on(await records_of(transaction, used), date) for list_id, used in lists.items()}


def difference(before: Pieces, after: Pieces, before_on: str, after_on: str) -> Delta:
    """Return what changed between two states of all lists, each as they hold on a date."""
    gone: list[ListRecord] = []
    new: list[ListRecord] = []
    for list_id in sorted(before.keys() | after.keys()):
        old, now = before.get(list_id, ()), after.get(list_id, ())
        if before_on == after_on:
            # A record that is the same held on the date or did not, before as now.
            old, now = _without(old, now), _without(now, old)
        olds, nows = _holding(old, before_on), _holding(now, after_on)
        gone += [olds[key] for key in sorted(olds) if olds[key] != nows.get(key)]
        new += [nows[key] for key in sorted(nows) if nows[key] != olds.get(key)]
    touched = frozenset((each.list_id, each.record_id) for each in (*gone, *new))
    return Delta(tuple(gone), tuple(new), touched)


def _without(some: Sequence[bytes], others: Sequence[bytes]) -> list[bytes]:
    known = frozenset(others)
    return [each for each in some if each not in known]


def _holding(pieces: Iterable[bytes], on: str) -> Mapping[str, ListRecord]:
    return holding_on(tuple(map(record_of, pieces)), on)


def compare_all(index: NameIndex[ListRecord], profile: Profile) -> list[Match]:
    """Return everything that the parties of a profile are like."""
    return in_order(profile, (found for party in profile.parties for found in match(index, party)))


def in_order(profile: Profile, matches: Iterable[Match]) -> list[Match]:
    """Return matches in the order of the parties, numbers before names, then by list and record.

    Reasons follow it, and digests are over reasons. Scores are no part of it: they move with other names of
    the lists, and of what was known before nothing is scored again.
    """
    places = {party.party_id: at for at, party in enumerate(profile.parties)}
    last = len(places)
    return sorted(
        matches,
        key=lambda each: (
            places.get(each.party_id, last),
            each.by != "identifier",
            each.list_id,
            each.record_id,
        ),
    )


def compare_changed(
    changed: NameIndex[ListRecord],
    delta: Delta,
    profile: Profile,
    before: Iterable[Match],
    places: Collection[int],
) -> list[Match]:
    """Return what `compare_all` would, from what the profile was like before and the changed records.

    `places` are those, among its parties, that the records may be about (`words.Wanted.find`).
    """
    kept = [each for each in before if (each.list_id, each.record_id) not in delta.touched]
    parties = [party for at, party in enumerate(profile.parties) if at in places]
    return in_order(profile, [*kept, *(found for party in parties for found in match(changed, party))])


async def pieces_on(transaction: ProgrammeTransaction, lists: Mapping[str, ListUsed]) -> Pieces:
    """Return the records of lists, each still packed."""
    return {list_id: await pieces_of(transaction, used) for list_id, used in lists.items()}


def words_of_records(
    now: Sequence[bytes], before: Sequence[bytes] = (), keys: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the words of packed records; those that stood among `before` have their `keys` there."""
    known = dict(zip(before, keys, strict=True))
    return tuple(known[each] if each in known else record_keys(record_of(each)) for each in now)


def index_for(
    parties: Iterable[Party], weights: Weights, pieces: Pieces, keys: Mapping[str, Sequence[str]], on: str
) -> NameIndex[ListRecord]:
    """Return an index of the records that some parties may be like, and of a few that they are not.

    For these parties it answers as an index of all records: whatever could lead from a name of theirs to a
    record is among the words by which the records are chosen, and they stand in the same order.
    """
    wanted = weights.wanted_by(parties)
    found: list[ListRecord] = []
    for list_id, some in pieces.items():
        numbers = sorted(
            map(int, wanted.find(dict(zip(map(str, range(len(some))), keys[list_id], strict=True))))
        )
        found += holding_on(tuple(record_of(some[at]) for at in numbers), on).values()
    return weights.index(found)


def all_records(records: Records) -> Sequence[ListRecord]:
    """Return the records of all lists."""
    return [each for of_list in records.values() for each in of_list.values()]
