"""A wind-down in tests: two operators sign it, time passes, it is certified.

office = office_that_publishes(world)
await signed(office, world.now, closes_at=world.now + DAY_MS)
ended = await certify(office, ALICE, CertifyWinddown("lumen"), world.now + DAY_MS)
"""

import json
from datetime import UTC, datetime
from typing import Any

from bailment.ledger.certificate import check_certificate
from bailment.model.operators import Role
from bailment.model.winddown import Step
from bailment.partners import winddown
from bailment.partners.certificate import Certificate, CertifyWinddown, certify
from bailment.partners.office import Office
from bailment.partners.winddown import ConfirmWinddown, Planned, PlanWinddown
from tests.support.office import actor
from tests.support.world import SIGNING, VKEY, World

MANAGER = actor("alice", Role.PARTNER_MANAGER)
OFFICER = actor("bob", Role.PRIVACY_OFFICER)
MAX_SEND_S = 30
STEPS = [step.value for step in Step]


def office_that_publishes(world: World) -> Office:
    """Return the office of a world whose ledger is integrated when it has to be."""
    return Office(world.store, world.keys, SIGNING, world.integrator.step_if_elected, MAX_SEND_S, _no_time)


async def _no_time(_: float) -> None:
    """Let time pass: a world's clock is an argument."""


def instant(at: int) -> str:
    """Spell an instant (Unix ms) in RFC 3339."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()


async def propose(office: Office, now: int, *, closes_at: int, partner: str = "lumen", **at: int) -> Planned:
    """Propose a wind-down as the first operator; `at` gives further stages in Unix ms."""
    stages = {name: instant(when) for name, when in at.items()}
    asked = PlanWinddown(partner, instant(closes_at), "the partnership ends", **stages)
    return await winddown.plan(office, MANAGER, asked, now)


async def signed(office: Office, now: int, *, closes_at: int, partner: str = "lumen", **at: int) -> Planned:
    """Plan a wind-down that two operators have signed."""
    await propose(office, now, closes_at=closes_at, partner=partner, **at)
    return await winddown.confirm(
        office, OFFICER, ConfirmWinddown(partner, instant(closes_at), "I agree"), now
    )


async def certified(office: Office, now: int, partner: str = "lumen") -> tuple[Certificate, dict[str, Any]]:
    """Certify the end and return the certificate with what it says, checked."""
    found = await certify(office, MANAGER, CertifyWinddown(partner), now)
    checked = check_certificate(found.certificate.encode(), [VKEY])
    return found, json.loads(json.dumps(checked.statement))
