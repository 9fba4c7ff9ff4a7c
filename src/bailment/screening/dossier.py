"""One partner's profile on one date, indexed: parties, their names, the stakes that hold, what is amiss."""

from collections.abc import Collection, Mapping

from bailment.model.errors import Malformed
from bailment.model.screening import WHOLE, Determination, Kind, Party, Profile, Propagation
from bailment.screening.anomalies import Anomaly, Trouble, find_anomalies
from bailment.screening.ownership import MAJORITY, OwnershipGraph, Reach, cascade, controlled

MAYBE_PERSONS = frozenset({Kind.PERSON, Kind.UNKNOWN})
"""What is or may be a person: verdicts are read by more people than may see a person's name."""
# An entity with one of these cannot be cleared: its shares contradict each other, or may be counted twice.
_UNRELIABLE = frozenset({Trouble.OVER_WHOLE, Trouble.SELF_OWNER, Trouble.REPEATED})


class Dossier:
    """A profile on a date.

    Raises:
        Malformed: the partner is not among the parties, a party stands there twice, or a stake's bounds are
            no share.
    """

    def __init__(self, profile: Profile, on: str) -> None:
        self.on = on
        self.parties: dict[str, Party] = {party.party_id: party for party in profile.parties}
        if len(self.parties) < len(profile.parties):
            raise Malformed("a party is described twice", where="parties")
        if profile.partner_id not in self.parties:
            raise Malformed("the partner is not among the parties", where="partner_id")
        self.partner = self.parties[profile.partner_id]
        self.names: Mapping[str, str] = {
            # Of a person a verdict has the id in the file.
            key: party.names[0] if party.names and party.kind not in MAYBE_PERSONS else key
            for key, party in self.parties.items()
        }
        self._stakes = profile.stakes
        # Most rules ask about the same suspects: none.
        self._cleared_from: dict[tuple[frozenset[str], Propagation], Reach] = {}
        self.graph = OwnershipGraph(profile.stakes, on)
        self._control = [
            (self.graph.nodes[self.graph.owners[stake]], self.graph.nodes[self.graph.owned[stake]])
            for stake in self.graph.controls
        ]
        self.anomalies: tuple[Anomaly, ...] = find_anomalies(self.graph, self.parties)
        self.unreliable = {each.entity for each in self.anomalies if each.trouble in _UNRELIABLE}

    @property
    def persons(self) -> frozenset[str]:
        """The parties that are persons, or may be."""
        return frozenset(key for key, party in self.parties.items() if party.kind in MAYBE_PERSONS)

    def name(self, party_id: str) -> str:
        """Return a party's first name, its id where it is not described or may be a person."""
        return self.names.get(party_id, party_id) or "an owner without a name"

    def reach(self, starts: frozenset[str], propagation: Propagation) -> Reach:
        """Return what parties reach by a propagation through ownership or control."""
        if propagation is Propagation.CONTROL:
            return controlled(self.graph, starts)
        return cascade(self.graph, starts, threshold_of(propagation))

    def cleared(self, suspects: frozenset[str], propagation: Propagation) -> Reach:
        """Return who is free of doubt: surely not reached, whoever the owners are that nobody names.

        A person or a state that is no suspect is. An entity is when more than the rest of the whole is surely
        owned by such: then what is left for anyone else is below the threshold. That is a cascade too, from
        the clean ultimate owners and at the threshold's complement; suspects carry nothing on, nor does
        anything reach an entity whose shares contradict each other. Where control counts, whoever controls an
        entity must be free of doubt as well.
        """
        key = suspects, propagation
        if key not in self._cleared_from:
            self._cleared_from[key] = self._clear(*key)
        return self._cleared_from[key]

    def _clear(self, suspects: frozenset[str], propagation: Propagation) -> Reach:
        barred = set(self.unreliable)
        while True:
            cleared = self._cascade_clean(suspects, barred, threshold_of(propagation))
            doubted = set()
            if propagation is Propagation.CONTROL:
                doubted = {owned for owner, owned in self._control if not cleared.reaches(owner)} - barred
            if not doubted:
                return cleared
            barred |= doubted

    def _cascade_clean(self, suspects: frozenset[str], barred: Collection[str], threshold: int) -> Reach:
        stakes = (
            stake
            for stake in self._stakes
            if stake.owner in self.parties and stake.owner not in suspects and stake.owned not in barred
        )
        ultimate = {
            key
            for key, party in self.parties.items()
            if party.kind in {Kind.PERSON, Kind.STATE} and key not in suspects
        }
        return cascade(OwnershipGraph(stakes, self.on), ultimate, WHOLE - threshold + 1)


def threshold_of(propagation: Propagation) -> int:
    """Return the share at which a propagation through ownership or control reaches an owned entity."""
    return propagation.threshold or MAJORITY


def locate(party: Party, countries: frozenset[str]) -> tuple[Determination, str]:
    """Tell whether a party is of one of these countries, and why, as the end of a sentence about it.

    An individual is of the country of primary residence, which is what `country` says of a person; never of
    a nationality, and never of what a name sounds like. An entity is of the country whose law it is organised
    under and of that of its principal place of business, and "no" needs both.
    """
    given = _countries(party)
    found = [f"{verb} {country}" for verb, _, country in given if country in countries]
    if found:
        return Determination.YES, " and ".join(found)
    missing = [noun for _, noun, country in given if not country]
    if missing:
        return Determination.CANNOT_DETERMINE, f"has no {' and no '.join(missing)} in the file"
    return Determination.NO, " and ".join(f"{verb} {country}" for verb, _, country in given)


def _countries(party: Party) -> tuple[tuple[str, str, str], ...]:
    """Return what ties a party to a country: verb, noun, and the country, "" where it is not given."""
    if party.kind is Kind.PERSON:
        return (("is primarily resident in", "country of primary residence", party.country),)
    if party.kind is Kind.STATE:
        return (("is the state or an authority of", "country", party.country),)
    return (
        ("is organised in", "country of organisation", party.country),
        ("has its principal place of business in", "principal place of business", party.business_country),
    )
