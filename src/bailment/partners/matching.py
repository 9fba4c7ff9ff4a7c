"""How a sweep compares: who is to be looked at anew because lists changed, and what everyone is like.

Two ways lead to the same matches. With the index of all records, any party can be compared with everything.
With an index of the records that changed alone, weighed as in the whole, a party that was compared before
needs only these: what it was like among the others it still is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bailment.model.screening import ListRecord, Match, Profile
from bailment.partners.dossiers import DossierKind
from bailment.partners.list_files import holding_on, records_of
from bailment.partners.outcomes import ListUsed
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.words import WordCounts
from bailment.screening.names.index import NameIndex
from bailment.screening.names.matching import match

Records = Mapping[str, Mapping[str, ListRecord]]
"""Records that have not ended, by list and id."""


@dataclass(frozen=True, slots=True)
class Words:
    """The counts of the words of lists as they were on a date: `lists` are digests of records by list."""

    on: str
    lists: dict[str, str]
    counts: WordCounts


WORDS = DossierKind("screening-words", Words)


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


def difference(before: Records, after: Records) -> Delta:
    """Return what changed between two states of all lists."""
    gone: list[ListRecord] = []
    new: list[ListRecord] = []
    for list_id in sorted(before.keys() | after.keys()):
        old, now = before.get(list_id, {}), after.get(list_id, {})
        gone += [old[key] for key in sorted(old) if old[key] != now.get(key)]
        new += [now[key] for key in sorted(now) if now[key] != old.get(key)]
    touched = frozenset((each.list_id, each.record_id) for each in (*gone, *new))
    return Delta(tuple(gone), tuple(new), touched)


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


def all_records(records: Records) -> Sequence[ListRecord]:
    """Return the records of all lists."""
    return [each for of_list in records.values() for each in of_list.values()]
