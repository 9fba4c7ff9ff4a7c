"""A partner on its way in, for tests: the invented Lumen with a complete file, and operators by name.

office = office_of(world)
await filed(office)                   # added, filed, screened: only two signatures are missing
await bring_in(office, STAFF, LUMEN, NOW)
"""

from dataclasses import replace

from bailment.cli.stage_partner import LUMEN, RULES, Staff
from bailment.model.admission import AdmissionFile, Owner
from bailment.model.operators import Role
from bailment.model.screening import Effect, Kind
from bailment.partners.admission import AddPartner, add_partner
from bailment.partners.drafts import DraftTerms
from bailment.partners.filing import FileAdmission, file_admission
from bailment.partners.office import Office
from bailment.partners.outcomes import OUTCOMES
from bailment.partners.rules import set_rules
from tests.support.office import ALICE, BOB, actor
from tests.support.world import NOW, Free

ID = LUMEN.partner.partner_id
HUB = LUMEN.integration.integration_id
DIGEST = LUMEN.statement.digests[0]
CAROL = actor("carol")
MANAGER = actor("mona", Role.PARTNER_MANAGER)
REVIEWER = actor("rita", Role.REVIEWER)
OFFICER = actor("paul", Role.PRIVACY_OFFICER)
AUDITOR = actor("udo", Role.AUDITOR)
STAFF = Staff(ALICE, "", BOB, "")


def file_with(**changed: Free) -> AdmissionFile:
    """Return Lumen's file with something changed."""
    return replace(LUMEN.file, **changed)


def owner(owner_id: str, **changed: Free) -> Owner:
    """Return a person who owns all of the partner, unless changed."""
    usual = Owner(owner_id, "N. N.", Kind.PERSON, "100", "a register", country="DE", since="2010-01-01")
    return replace(usual, **changed)


def terms_with(**changed: Free) -> DraftTerms:
    """Return the terms that Lumen wants with something changed."""
    return replace(LUMEN.terms, **changed)


async def screened(office: Office, effect: Effect = Effect.CLEAR, **changed: Free) -> None:
    """Write what screening might say of the file as it is now."""
    async with office.store.reading() as transaction:
        before = await OUTCOMES.get(transaction, ID)
    assert before is not None
    usual = {"effect": effect.value, "blocks_approval": effect is not Effect.CLEAR}
    outcome = replace(before.value, **{**usual, **changed})
    await office.store.disclose(lambda transaction: OUTCOMES.put(transaction, ID, outcome, over=before))


async def added(office: Office) -> None:
    """Add Lumen to the register."""
    await add_partner(office, ALICE, AddPartner(ID, LUMEN.partner.name, "DE", ["DE", "SE"]), NOW)


async def screens(office: Office) -> None:
    """Put the shipped rules into force that need no list."""
    await set_rules(office, ALICE, RULES, NOW)


async def filed(office: Office, file: AdmissionFile = LUMEN.file) -> None:
    """Put the rules into force that need no list, add Lumen and file a file."""
    await screens(office)
    await added(office)
    await refiled(office, file)


async def refiled(office: Office, file: AdmissionFile) -> None:
    """File another revision, which screens it."""
    await file_admission(office, ALICE, FileAdmission(ID, file), NOW)
