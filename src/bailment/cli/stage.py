"""A small invented world for sandbox and demo: a partner, its terms, an approved and an unapproved build."""

import hashlib
import json
from dataclasses import dataclass

from bailment.app import Platform
from bailment.clock import now_ms
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.model.people import PeopleSource
from bailment.model.programme import Build, Grant, Integration, Partner, Terms
from bailment.partners import consent, programme
from bailment.partners.imports import import_people
from bailment.people.loading import Imported
from bailment.people.render import slice_fields
from bailment.seal.secret import random_id

DAY_MS = 86_400_000
PARTNER = Partner("lumen-mobile", "Lumen Mobile GmbH", "DE", ("DE", "SE"))
INTEGRATION = Integration("lumen-hub", PARTNER.partner_id, "Lumen Hub")
PURPOSE = "address-book"
APPROVED = Build(hashlib.sha256(b"lumen-hub 1.0.0").digest(), INTEGRATION.integration_id, "1.0.0")
UNAPPROVED = hashlib.sha256(b"lumen-hub 1.1.0-rc1").digest()
FRIEND_FIELDS = ("name", "photo", "email", "birthday", "city", "work", "education", "likes")


@dataclass(frozen=True, slots=True)
class Figure:
    """A person of the world: id, name as they write it, number of friends."""

    person_id: int
    name: str
    friends: int


async def bring_people(platform: Platform, source: PeopleSource) -> Imported:
    """Import the world's people."""
    return await import_people(platform.store, platform.store, source, now_ms())


async def set_programme(platform: Platform) -> None:
    """Admit the partner, sign its agreement, approve its build."""
    now = now_ms()
    terms = Terms(
        ALL_FIELDS,
        mask_of(FRIEND_FIELDS),
        (PURPOSE,),
        ("DE", "SE"),
        ("DE", "FR"),
        "device",
        now,
        now + 365 * DAY_MS,
    )
    await programme.add_partner(platform.store, PARTNER, now)
    await programme.sign_agreement(platform.store, PARTNER.partner_id, 1, terms, now)
    await programme.add_integration(platform.store, INTEGRATION, now)
    await programme.approve_build(platform.store, APPROVED, now)


async def give_code(
    platform: Platform, person_id: int, *, friend_mask: int = ALL_FIELDS, hours: int = 24
) -> str:
    """Record a person's grant to the integration and return the one-time enrolment code."""
    now = now_ms()
    grant = Grant(
        random_id("grant"),
        person_id,
        INTEGRATION.integration_id,
        "DE",
        PURPOSE,
        ALL_FIELDS,
        friend_mask,
        now + 90 * DAY_MS,
    )
    life_ms = hours * 3_600_000
    return await consent.give_grant(platform.store, platform.keys, grant, now, code_life_ms=life_ms)


async def figures(platform: Platform, most: int) -> list[Figure]:
    """Return the persons with the most friends."""
    async with platform.store.reading() as transaction:
        busiest = await transaction.busiest_persons(most)
        content = await transaction.content([person_id for person_id, _ in busiest])
    return [
        Figure(person_id, name_in(content[person_id][1]), friends)
        for person_id, friends in busiest
        if person_id in content
    ]


def name_in(blob: bytes) -> str:
    """Return the full name in rendered content, or "" when there is none."""
    fragment = slice_fields(blob, mask_of(["name"]))
    return str(json.loads(b"{%b}" % fragment)["name"]["full"]) if fragment else ""
