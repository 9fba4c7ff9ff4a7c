"""Country withholding in tests: switch it on, order, and ask what a reader sees of it.

office = office_of(world)
await switched(office, State.ON)
order = await withhold(office, ItemKind.STATUS, str(status), "DE")
"""

from datetime import UTC, datetime

from bailment.model.withholding import ItemKind
from bailment.partners.office import Office
from bailment.partners.withholding import Confirm, Propose, confirm, propose
from bailment.partners.withholding_switch import State, Turn, Turned, switch
from tests.support.office import ALICE, BOB
from tests.support.world import DAY_MS, NOW, Free

ISSUER, BASIS, TEXT = "District Court of Example", "Example Act, section 7", "Take number 12 down, by Friday."


def day(days: int, now: int = NOW) -> str:
    """Return the date so many days from now."""
    return datetime.fromtimestamp((now + days * DAY_MS) / 1000, UTC).date().isoformat()


def end_of(days: int, now: int = NOW) -> int:
    """Return when the day ends that is so many days from now, in Unix ms."""
    return (now // DAY_MS + days + 1) * DAY_MS


async def switched(office: Office, state: State, now: int = NOW) -> Turned:
    """Let Alice and Bob turn the switch."""
    await switch(office, ALICE, Turn(state, "a law asks for it"), now)
    return await switch(office, BOB, Turn(state, "a law asks for it"), now)


def proposal(kind: ItemKind, item: str, country: str = "DE", days: int = 30, **changed: Free) -> Propose:
    """Return the parameters of an order."""
    usual: Free = {
        "issuer": ISSUER,
        "basis": BASIS,
        "text": TEXT,
        "until": day(days),
        "reason": "it came by post",
    }
    return Propose(item, kind, country, **{**usual, **changed})


async def withhold(
    office: Office,
    kind: ItemKind,
    item: str,
    country: str = "DE",
    days: int = 30,
    now: int = NOW,
    **changed: Free,
) -> str:
    """Let Alice propose an order and Bob confirm it; return its id."""
    until = {"until": day(days, now), **changed}
    line = await propose(office, ALICE, proposal(kind, item, country, **until), now)
    await confirm(office, BOB, Confirm(line.order, "it is a court's"), now)
    return line.order
