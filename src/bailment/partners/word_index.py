"""The words of all partners' names as the store keeps them: a changed list reads those it is about alone.

Three things are kept of what `words.party_keys` says of a partner, in the transaction that writes its
outcome: the words themselves, by partner, to know what changed; a row for each word and party, by a CRC-32 of
the word, which finds the parties (two words with one number lead to a comparison too many, never to one too
few); and the long words by their ends, for slips of the pen. Ends only grow: a word that nobody has any more
is looked for and not found.
"""

from collections.abc import Collection, Iterable, Mapping
from zlib import crc32

from bailment.partners.dossiers import DossierKind, Filed
from bailment.partners.ports import ProgrammeTransaction
from bailment.partners.words import OTHER, PERSON, Wanted, by_ends, near_at_ends, places_by_word

PARTY_WORDS = DossierKind("screening-party-words", str)
"""`words.party_keys` of each partner, by its id."""
ENDS = "screening-ends"
_ENDS = DossierKind(ENDS, str)


async def keep_words(
    transaction: ProgrammeTransaction, words: Mapping[str, str], before: Mapping[str, Filed[str]]
) -> None:
    """Keep the words of some partners, of which `before` are kept.

    Raises:
        Conflict: somebody else keeps them at the same time.
    """
    changed = {key: each for key, each in words.items() if key not in before or before[key].value != each}
    for key, each in changed.items():
        await PARTY_WORDS.put(transaction, key, each, over=before.get(key))
    old = {row for key in changed if key in before for row in _rows(key, before[key].value)}
    new = {row for key, each in changed.items() for row in _rows(key, each)}
    await transaction.drop_screened_words([*(old - new)])
    await transaction.add_screened_words([*(new - old)])
    await _keep_ends(transaction, {word for each in changed.values() for word in _long(each)})


async def words_of(transaction: ProgrammeTransaction, partner_ids: Collection[str]) -> dict[str, Filed[str]]:
    """Return what is kept of some partners."""
    return await PARTY_WORDS.some(transaction, partner_ids)


async def find_parties(transaction: ProgrammeTransaction, wanted: Wanted) -> dict[str, frozenset[int]]:
    """Return the partners that have what is wanted, each with the places of its parties that do."""
    if not wanted.anyone.words:
        return {}
    near = await _near(transaction, wanted.anyone.spelled)
    nearer = await _near(transaction, wanted.person.spelled)
    anyone, person = wanted.anyone.words | near, wanted.person.words | nearer
    numbers = {_number(OTHER + word) for word in anyone} | {_number(PERSON + word) for word in person}
    found: dict[str, set[int]] = {}
    for partner_id, place in await transaction.parties_with(numbers):
        found.setdefault(partner_id, set()).add(place)
    return {key: frozenset(places) for key, places in found.items()}


def _rows(partner_id: str, keys: str) -> set[tuple[int, str, int]]:
    return {
        (_number(word), partner_id, place)
        for word, places in places_by_word(keys).items()
        for place in places
    }


def _number(word: str) -> int:
    return crc32(word.encode())


def _long(keys: str) -> list[str]:
    return keys.partition("\n")[0].split()


async def _near(transaction: ProgrammeTransaction, spelled: Iterable[str]) -> set[str]:
    asked = by_ends(spelled)
    kept = await _ENDS.some(transaction, asked)
    return near_at_ends(asked, {end: each.value.split() for end, each in kept.items()})


async def _keep_ends(transaction: ProgrammeTransaction, words: Iterable[str]) -> None:
    new = by_ends(words)
    kept = await _ENDS.some(transaction, new)
    for end, some in new.items():
        over = kept.get(end)
        known = set() if over is None else set(over.value.split())
        if not known.issuperset(some):
            await _ENDS.put(transaction, end, " ".join(sorted(known.union(some))), over=over)
