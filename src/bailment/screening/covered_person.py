"""Covered person: the test of 28 CFR 202.211, limb by limb, over one partner's profile.

| limb | what it asks |
|---|---|
| organised | is it a foreign entity organised under the laws of a country of concern? |
| business | is it a foreign entity with its principal place of business there? |
| ownership | do countries of concern or covered persons own 50 % of it or more, in aggregate? |
| individual | is it an individual, primarily resident there? |
| designated | has the Attorney General designated it, wherever it is? |

Each is answered yes, no or cannot determine. The test is yes if any limb is; else it cannot be determined if
any limb cannot; else no.

How we read it:
- Owners count as covered persons by their own countries (organised, business, primary residence of an
  individual, the state itself) and by designation; ownership carries on from them as in OFAC's cascade.
- The limbs are about *foreign* persons. An entity organised in the United States is no foreign person unless
  it is organised elsewhere too (28 CFR 202.221 and 202.256, from memory), which the file cannot show. So a
  limb that would be yes for it cannot be determined, and counsel must say; it is never a silent no.
- An employee or contractor of a covered person is one (202.211(a)(3)) wherever resident. The profile does
  not say who employs an owner, so individuals count by primary residence alone. No rule looks at nationality,
  ethnicity or the origin of a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bailment.model.screening import Determination, Kind, Propagation
from bailment.screening.dossier import Dossier, locate
from bailment.screening.inquiry import Answer, Starts, ask_owners, located_owners

_YES, _NO, _DOUBT = Determination.YES, Determination.NO, Determination.CANNOT_DETERMINE
_HOME = "US"
LIMBS = ("organised", "business", "ownership", "individual", "designated")


@dataclass(frozen=True, slots=True)
class CoveredPerson:
    """The five limbs, each with its answer."""

    organised: Answer
    business: Answer
    ownership: Answer
    individual: Answer
    designated: Answer

    @property
    def limbs(self) -> dict[str, Answer]:
        """The limbs by name, in the order of the table above."""
        return {name: getattr(self, name) for name in LIMBS}

    @property
    def determination(self) -> Determination:
        """The answer to the whole test."""
        return overall(limb.determination for limb in self.limbs.values())


def overall(limbs: Iterable[Determination]) -> Determination:
    """Return yes if any limb is, else "cannot determine" if any limb cannot or none was asked, else no."""
    found = set(limbs)
    if _YES in found:
        return _YES
    return _NO if found == {_NO} else _DOUBT


def assess_covered_person(
    dossier: Dossier, countries: frozenset[str], designated: Starts, unasked: str = ""
) -> CoveredPerson:
    """Answer the test for the dossier's partner.

    `countries` are the countries of concern. `designated` are the parties on the list of designations, as
    `verdict` finds them. `unasked` says, as a sentence, why that list could not be asked ("" when it was).

    Source: 28 CFR 202.211(a)(1) to (5), 202.601.
    """
    starts = designated | located_owners(dossier, countries)
    return CoveredPerson(
        organised=_foreign(dossier, _organised(dossier, countries)),
        business=_foreign(dossier, _business(dossier, countries)),
        ownership=_foreign(dossier, _ownership(dossier, starts)),
        individual=_individual(dossier, countries),
        designated=_designated(dossier, designated, unasked),
    )


def _organised(dossier: Dossier, countries: frozenset[str]) -> Answer:
    party, name = dossier.partner, dossier.name(dossier.partner.party_id)
    if party.kind is Kind.PERSON:
        return Answer(_NO, (f"{name} is an individual",))
    if party.kind is Kind.STATE:
        located, why = locate(party, countries)
        return Answer(located, (f"{name} {why}",))
    return _by_country(party.country, countries, f"{name} is organised in", "its country of organisation")


def _business(dossier: Dossier, countries: frozenset[str]) -> Answer:
    party, name = dossier.partner, dossier.name(dossier.partner.party_id)
    if party.kind in {Kind.PERSON, Kind.STATE}:
        return Answer(_NO, (f"{name} is not a company",))
    place = "principal place of business"
    return _by_country(party.business_country, countries, f"{name} has its {place} in", f"its {place}")


def _by_country(country: str, countries: frozenset[str], sentence: str, noun: str) -> Answer:
    if not country:
        return Answer(_DOUBT, (f"{noun} is not in the file",))
    return Answer(_YES if country in countries else _NO, (f"{sentence} {country}",))


def _ownership(dossier: Dossier, starts: Starts) -> Answer:
    """Ask about the owners; whether the partner itself is covered is asked by the other limbs."""
    party = dossier.partner
    if party.kind in {Kind.PERSON, Kind.STATE}:
        return Answer(_NO, (f"{dossier.name(party.party_id)} has no owners",))
    certain = {key: why for key, why in starts.certain.items() if key != party.party_id}
    pending = {key: why for key, why in starts.pending.items() if key != party.party_id}
    return ask_owners(dossier, Starts(certain, pending), Propagation.OWNED_50)


def _individual(dossier: Dossier, countries: frozenset[str]) -> Answer:
    party, name = dossier.partner, dossier.name(dossier.partner.party_id)
    if party.kind is not Kind.PERSON:
        return Answer(_NO, (f"{name} is not an individual",))
    located, why = locate(party, countries)
    return Answer(located, (f"{name} {why}",))


def _designated(dossier: Dossier, designated: Starts, unasked: str) -> Answer:
    partner = dossier.partner.party_id
    name = dossier.name(partner)
    if partner in designated.certain:
        return Answer(_YES, (f"{name} {designated.certain[partner]}",), starts=(partner,))
    if partner in designated.pending:
        return Answer(_DOUBT, (f"{name} {designated.pending[partner]}",), starts=(partner,))
    if unasked:
        return Answer(_DOUBT, (unasked,))
    return Answer(_NO, (f"{name} is not designated",))


def _foreign(dossier: Dossier, answer: Answer) -> Answer:
    """Turn a yes about an entity organised in the United States into a question for counsel."""
    if answer.determination is not _YES or dossier.partner.country != _HOME:
        return answer
    caveat = "it is organised in the United States: whether it is a foreign person, counsel must say"
    return replace(answer, determination=_DOUBT, sentences=(*answer.sentences, caveat), about_matched=True)
