"""Two sets of terms side by side: what one lets through and the other does not, what ends sooner."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import msgspec

from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import names_of
from bailment.model.operators import Actor
from bailment.model.programme import Terms, check_slug
from bailment.partners.drafts import DRAFTS, draft_key
from bailment.partners.filing import day_of
from bailment.partners.holds import no_partner
from bailment.partners.office import Office
from bailment.partners.ports import ProgrammeTransaction


@dataclass(frozen=True, slots=True)
class Compare:
    """Parameters of `agreement compare`."""

    partner: Annotated[str, msgspec.Meta(description="The partner's short name.")]
    version: Annotated[
        int, msgspec.Meta(description="A version of its agreement; 0 for the newest.", ge=0)
    ] = 0
    other_version: Annotated[
        int, msgspec.Meta(description="The version to compare with; 0 for the other partner's newest.", ge=0)
    ] = 0
    other_partner: Annotated[str, msgspec.Meta(description="The partner to compare with, if another.")] = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two sets of terms differ: what only each of the two has, or says."""

    what: str
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Every difference between two sets of terms."""

    first: str
    second: str
    differences: list[Difference]

    def lines(self) -> list[str]:
        """Say it for a terminal."""
        said = [f"{self.first} compared with {self.second}"]
        if not self.differences:
            return [*said, "the terms are the same"]
        for each in self.differences:
            said.append(each.what)
            said.extend(f"  only {self.first}: {text}" for text in each.first)
            said.extend(f"  only {self.second}: {text}" for text in each.second)
        return said


async def compare(office: Office, actor: Actor, parameters: Compare, now: int) -> Compared:
    """Return in what two versions of an agreement, or the agreements of two partners, differ.

    Raises:
        Malformed: nothing is named to compare with.
        Conflict: there is no such partner or version.
    """
    del actor, now
    if not (parameters.other_partner or parameters.other_version):
        raise Malformed("name another version or another partner", where="other_version")
    partner_id = check_slug(parameters.partner, "partner")
    other_id = check_slug(parameters.other_partner or partner_id, "other_partner")
    async with office.store.reading() as transaction:
        first, own = await terms_of(transaction, partner_id, parameters.version)
        second, others = await terms_of(transaction, other_id, parameters.other_version)
    return Compared(
        f"{partner_id} version {first}", f"{other_id} version {second}", list(differences(own, others))
    )


async def terms_of(transaction: ProgrammeTransaction, partner_id: str, version: int) -> tuple[int, Terms]:
    """Return a version of a partner's agreement with its terms, signed or drafted; 0 is the newest signed.

    Raises:
        Conflict: there is no such partner or version.
    """
    newest = await transaction.agreement_state(partner_id)
    if newest is None:
        raise no_partner(partner_id)
    wanted = version or newest[0]
    if not wanted:
        raise Conflict(f"no agreement with {partner_id} was ever signed: name the version of a draft")
    terms = await transaction.agreement_terms(partner_id, wanted)
    if terms is not None:
        return wanted, terms
    drafted = await DRAFTS.get(transaction, draft_key(partner_id, wanted))
    if drafted is None:
        raise Conflict(f"there is no version {wanted} of an agreement with {partner_id}")
    return wanted, drafted.value.terms


def differences(first: Terms, second: Terms) -> Iterator[Difference]:
    """Yield every difference between two sets of terms, by ring and by kind."""
    theirs = described(second)
    for what, mine in described(first).items():
        other = theirs[what]
        if mine != other:
            only_mine = tuple(each for each in mine if each not in other)
            yield Difference(what, only_mine, tuple(each for each in other if each not in mine))


def described(terms: Terms) -> dict[str, list[str]]:
    """Return terms as lists of texts by what they are about."""
    return {
        "fields of the device's user": names_of(terms.self_mask),
        "fields of friends": names_of(terms.friend_mask),
        "what a device may write": names_of(terms.write_mask),
        "devices without a key": ["with a secret"] if terms.secrets else [],
        "purposes": sorted(terms.purposes),
        "countries of the partner": sorted(terms.partner_countries),
        "countries of devices": sorted(terms.device_countries),
        "custody": [terms.custody],
        "retention": [f"{terms.retention_days} days"],
        "from": [day_of(terms.starts_at)],
        "until": [day_of(terms.ends_at)],
        "reasons": sorted(
            f"{each.field} ({each.ring}), {each.purpose}: {each.reason}" for each in terms.uses
        ),
    }
