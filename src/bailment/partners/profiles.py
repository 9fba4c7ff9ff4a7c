"""What is screened of a partner: its admission file, or what the register says of one that has none yet."""

from collections.abc import Collection
from dataclasses import dataclass

from bailment.model.admission import AdmissionFile, parties_of, profile_of
from bailment.model.screening import WHOLE, Kind, Party, Profile, Stake
from bailment.model.standing import PartnerRow
from bailment.partners.dossiers import DossierKind
from bailment.partners.ports import ProgrammeTransaction

ADMISSION = "admission"
_FILES = DossierKind(ADMISSION, AdmissionFile)


@dataclass(frozen=True, slots=True)
class Screened:
    """A profile, and the revision of the admission file that it is of (0 without one)."""

    profile: Profile
    file_revision: int


async def profile_for(transaction: ProgrammeTransaction, partner_id: str) -> Screened | None:
    """Return what is known of a partner now, None where there is no such partner."""
    row = await transaction.partner(partner_id)
    if row is None:
        return None
    file = await _FILES.get(transaction, partner_id)
    if file is None:
        return Screened(_profile_of_row(row), 0)
    # A file that is begun and not finished hides neither the name nor the countries of the register.
    if _is_told(file.value):
        return Screened(profile_of(partner_id, file.value), file.revision)
    profile = profile_of(partner_id, file.value)
    party, *owners = profile.parties
    registered = _profile_of_row(row).parties[0]
    names = tuple(dict.fromkeys((*party.names, *registered.names)))
    whole = Party(
        partner_id,
        party.kind,
        names,
        party.country or registered.country,
        party.business_country,
        party.identifiers,
    )
    return Screened(Profile(partner_id, (whole, *owners), profile.stakes), file.revision)


async def parties_for(
    transaction: ProgrammeTransaction, partner_ids: Collection[str]
) -> dict[str, tuple[Party, ...]]:
    """Return the parties of some partners, as `profile_for` has them; most are read at once."""
    files = await _FILES.some(transaction, partner_ids)
    found = {key: parties_of(key, each.value) for key, each in files.items() if _is_told(each.value)}
    for partner_id in {*partner_ids} - found.keys():
        screened = await profile_for(transaction, partner_id)
        if screened is not None:
            found[partner_id] = screened.profile.parties
    return found


def _is_told(file: AdmissionFile) -> bool:
    """Tell whether a file names the partner and its country by itself."""
    return bool(file.legal_name and file.organised_in)


def _profile_of_row(row: PartnerRow) -> Profile:
    """Return the partner with one owner, of unknown name and share, for each country of an owner."""
    countries = row.owner_countries.split()
    owners = tuple(
        Party(f"{row.partner_id}-owner-{country.lower()}", Kind.UNKNOWN, (), country, country)
        for country in countries
    )
    stakes = tuple(
        Stake(owner.party_id, row.partner_id, 0, WHOLE, evidence="the register") for owner in owners
    )
    return Profile(
        row.partner_id, (Party(row.partner_id, Kind.ENTITY, (row.name,), row.country), *owners), stakes
    )
