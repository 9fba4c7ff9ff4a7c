"""The invented partner of sandbox and demo, and how it gets in: by the same operations as any other."""

import hashlib
from dataclasses import dataclass

import msgspec

from bailment.model.admission import Address, AdmissionFile, Officer, Owner, Sourced, SubProcessor
from bailment.model.fields import ALL_FIELDS, Ring, mask_of, names_of
from bailment.model.operators import ACTING_ROLES, Actor
from bailment.model.programme import WRITABLE, WRITE, Build, Integration, Partner, Use
from bailment.model.screening import Kind
from bailment.model.submission import ENDPOINTS, Evidence, Submission
from bailment.partners.admission import AddPartner, add_partner
from bailment.partners.agreements import Sign, sign_draft
from bailment.partners.builds import AddIntegration, Submit, add_integration, submit
from bailment.partners.drafts import DraftTerms, draft
from bailment.partners.filing import FileAdmission, file_admission
from bailment.partners.office import Office
from bailment.partners.opening import OpenIntegration, open_integration
from bailment.partners.operators import add_first_operator
from bailment.partners.reviews import Review, ReviewDecision, review
from bailment.partners.rules import SetRules, set_rules
from bailment.partners.rulings import Decide, admit
from bailment.screening.rules import SHIPPED_RULES, spell_rules

PARTNER = Partner("lumen-mobile", "Lumen Mobile GmbH", "DE", ("DE", "SE"))
INTEGRATION = Integration("lumen-hub", PARTNER.partner_id, "Lumen Hub")
PURPOSE = "address-book"
# What apps for Mastodon ask for.
TIMELINE = "status"
APPROVED = Build(hashlib.sha256(b"lumen-hub 1.0.0").digest(), INTEGRATION.integration_id, "1.0.0")
FRIEND_FIELDS = (
    "name",
    "photo",
    "email",
    "birthday",
    "city",
    "work",
    "education",
    "likes",
    "statuses",
    "photos",
)
TIMELINE_FIELDS = ("name", "photo", "likes", "statuses", "photos")
DEVICE_COUNTRIES = ("DE", "FR")

_OWNERS = (
    Owner(
        "lumen-holding",
        "Lumen Holding AB",
        Kind.ENTITY,
        "60",
        "extract of the Swedish companies register",
        country="SE",
        business_country="SE",
        since="2012-03-01",
    ),
    Owner(
        "founder",
        "A. Beispiel",
        Kind.PERSON,
        "40",
        "list of shareholders",
        country="DE",
        since="2009-05-04",
    ),
    Owner(
        "heir",
        "B. Exempel",
        Kind.PERSON,
        "100",
        "share register of the holding",
        country="SE",
        owns="lumen-holding",
        since="2012-03-01",
    ),
)

FILE = AdmissionFile(
    legal_name=PARTNER.name,
    registry_number="HRB 000000 B",
    addresses=(Address("Beispielstraße 1, 10115 Berlin", "DE"),),
    organised_in="DE",
    business_in="DE",
    owners=_OWNERS,
    officers=(Officer("A. Beispiel", "managing director", since="2009-05-04", source="companies register"),),
    compelling_laws=(
        Sourced(
            "Orders of courts and prosecutors under the code of criminal procedure",
            "answer of the partner's counsel",
            "2026-01-15",
            "DE",
        ),
    ),
    sub_processors=(
        SubProcessor("Beispiel Crash Reports GmbH", "DE", "crash reports without personal data"),
    ),
    end_use="the address book and the gallery of its own phones",
    transfer_method="answers of the gateway to a key that the phone holds",
    storage_countries=("DE", "SE"),
    onward_transfer_clause="No onward transfer; section 7 of the agreement",
    none=("native_name", "lei", "state_financing", "violations"),
)

_REASONS = {
    Ring.SELF: "the phone shows its user their own profile",
    Ring.FRIEND: "the phone shows its user whom they know, where that friend allows it",
}

_TIMELINE_REASONS = {
    "self": "an app for statuses shows its user their own account",
    "friend": "an app for statuses shows what friends write, where that friend allows it",
    WRITE: "its user writes, likes and shows pictures there, and many such apps can prove no key",
}

TERMS = DraftTerms(
    PARTNER.partner_id,
    "all",
    ",".join(FRIEND_FIELDS),
    [PURPOSE, TIMELINE],
    ["DE", "SE"],
    list(DEVICE_COUNTRIES),
    [
        Use(name, ring.value, PURPOSE, _REASONS[ring])
        for ring, mask in ((Ring.SELF, ALL_FIELDS), (Ring.FRIEND, mask_of(FRIEND_FIELDS)))
        for name in names_of(mask)
    ]
    + [
        Use(name, ring, TIMELINE, _TIMELINE_REASONS[ring])
        for ring, mask in (("self", ALL_FIELDS), ("friend", mask_of(TIMELINE_FIELDS)), (WRITE, WRITABLE))
        for name in names_of(mask & mask_of([*TIMELINE_FIELDS, "joined"]))
    ],
    retention_days=30,
    writes=",".join(names_of(WRITABLE)),
    secrets=True,
)

STATEMENT = Submission(
    "com.example.lumen.hub",
    APPROVED.version,
    ">=1.0.0,<2.0.0",
    (APPROVED.digest.hex(),),
    tuple(names_of(ALL_FIELDS)),
    FRIEND_FIELDS,
    tuple(ENDPOINTS),
    (Evidence("conformance suite", hashlib.sha256(b"a test report").hexdigest(), "passed"),),
)


RULES = SetRules(msgspec.json.decode(spell_rules([rule for rule in SHIPPED_RULES if not rule.list_id])))
"""The shipped rules that start from countries alone: no list has to be imported for them."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Two operators with every acting role, and their keys."""

    first: Actor
    first_key: str
    second: Actor
    second_key: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner on its way in: its file, the terms that it wants, its product and the build it submits."""

    partner: Partner
    file: AdmissionFile
    terms: DraftTerms
    integration: Integration
    statement: Submission


LUMEN = Candidate(PARTNER, FILE, TERMS, INTEGRATION, STATEMENT)


async def hire(office: Office, first: str, second: str, now: int) -> Staff:
    """Add the first two operators, and put the shipped rules into force that need no list.

    Without rules screening decides nothing, and nobody is admitted.
    """
    key = await add_first_operator(office, first, first.title(), now)
    actor = Actor(first, ACTING_ROLES)
    second_key = await add_first_operator(office, second, second.title(), now)
    await set_rules(office, actor, RULES, now)
    return Staff(actor, key, Actor(second, ACTING_ROLES), second_key)


async def bring_in(office: Office, staff: Staff, candidate: Candidate, now: int) -> None:
    """Take a candidate from the first line of its file to an approved build, each step by its operation."""
    await admit_partner(office, staff, candidate, now)
    await agree_and_approve(office, staff, candidate, now)


async def open_to_apps(office: Office, staff: Staff, candidate: Candidate, now: int) -> None:
    """Let apps that register themselves belong to a candidate's integration: two operators sign."""
    build = candidate.statement.digests[0]
    opening = OpenIntegration(candidate.integration.integration_id, build, "apps for statuses", TIMELINE)
    for actor in (staff.first, staff.second):
        await open_integration(office, actor, opening, now)


async def admit_partner(office: Office, staff: Staff, candidate: Candidate, now: int) -> None:
    """Add a partner, and let two operators admit it on its file."""
    partner = candidate.partner
    new = AddPartner(partner.partner_id, partner.name, partner.country, list(partner.owner_countries))
    await add_partner(office, staff.first, new, now)
    await file_and_admit(office, staff, candidate, now)


async def file_and_admit(office: Office, staff: Staff, candidate: Candidate, now: int) -> None:
    """File a candidate's admission file, which screens it, and let two operators admit it."""
    partner_id = candidate.partner.partner_id
    await file_admission(office, staff.first, FileAdmission(partner_id, candidate.file), now)
    for actor in (staff.first, staff.second):
        await admit(office, actor, Decide(partner_id, "the checklist is complete"), now)


async def agree_and_approve(office: Office, staff: Staff, candidate: Candidate, now: int) -> None:
    """Sign the terms by two, and let one of them approve the build that the other took in."""
    partner_id, integration = candidate.partner.partner_id, candidate.integration
    drafted = await draft(office, staff.first, candidate.terms, now)
    for actor in (staff.first, staff.second):
        await sign_draft(office, actor, Sign(partner_id, drafted.version, "the terms as negotiated"), now)
    product = AddIntegration(integration.integration_id, partner_id, integration.name)
    await add_integration(office, staff.first, product, now)
    await submit(office, staff.first, Submit(integration.integration_id, candidate.statement), now)
    digest = candidate.statement.digests[0]
    decision = Review(integration.integration_id, digest, ReviewDecision.APPROVE, "every check passes")
    await review(office, staff.second, decision, now)
