"""Matches of parties to the records of lists, from either side."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bailment.model.screening import ListRecord, Match, Party
from bailment.screening.names.identifiers import tell_short
from bailment.screening.names.index import Found, NameIndex, subject_of_record
from bailment.screening.names.score import THRESHOLD

S = TypeVar("S")

# Enough for one body on every list under every name; fewer would let one list crowd out another.
MOST = 200


def match(
    lists: NameIndex[ListRecord], party: Party, *, most: int = MOST, least: float = THRESHOLD
) -> list[Match]:
    """Return the records that a party is like, best first: by an identifier, else by a name."""
    found = [
        *lists.by_identifier(party.identifiers),
        *lists.search(party.names, kind=party.kind, most=most, least=least),
    ]
    return _matches(found, most, lambda each: _match(party, each.source, each, each.query, each.name.text))


def match_record(
    parties: NameIndex[Party], record: ListRecord, *, most: int = MOST, least: float = THRESHOLD
) -> list[Match]:
    """Return the parties that a record is like: the same matches, found from the record's side."""
    subject = subject_of_record(record)
    names = [name.text for name in subject.names]
    found = [
        *parties.by_identifier(record.identifiers),
        *(parties.search(names, kind=record.kind, most=most, least=least) if names else ()),
    ]
    return _matches(found, most, lambda each: _match(each.source, record, each, each.name.text, each.query))


def _matches(found: Iterable[Found[S]], most: int, match_of: Callable[[Found[S]], Match]) -> list[Match]:
    """Keep the first finding of each pair: identifiers come before names."""
    matches: dict[tuple[str, str, str], Match] = {}
    for each in found:
        made = match_of(each)
        matches.setdefault((made.party_id, made.list_id, made.record_id), made)
    return list(matches.values())[:most]


def _match(party: Party, record: ListRecord, found: Found[S], party_name: str, record_name: str) -> Match:
    explanation = found.explanation
    if found.by != "identifier":
        explanation = (*explanation, *tell_short(party.identifiers, record.identifiers))
    else:
        # A number was asked for, not a name: the primary names say who they are.
        party_name = party.names[0] if party.names else ""
        record_name = record.names[0].text if record.names else ""
    return Match(
        party_id=party.party_id,
        party_name=party_name,
        list_id=record.list_id,
        record_id=record.record_id,
        record_name=record_name,
        record_fingerprint=record.fingerprint,
        score=found.score,
        by=found.by,
        explanation=explanation,
    )
