"""What the programme does by itself, twice a minute: a date that was signed is kept without anybody's help.

Steps of wind-downs are taken, certifications asked for, everybody is screened when something asks for it,
reports are drafted, and orders of country withholding that have lapsed are recorded. What closes access needs
none of this: it is read off its date at each request.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from bailment.model.errors import Conflict, Unavailable
from bailment.partners.keeping import sweep_due
from bailment.partners.office import Office
from bailment.partners.reminders import remind_all
from bailment.partners.report_drafts import draft_rejected
from bailment.partners.steps import take_due_steps
from bailment.partners.withholding import lapse_due

EVERY_S = 30.0
WORKS: tuple[Callable[[Office, int], Awaitable[object]], ...] = (
    take_due_steps,
    remind_all,
    sweep_due,
    draft_rejected,
    lapse_due,
)
"""What is done, each for an office at an instant; each does nothing where nothing is due."""


async def keep_programme(
    office: Office, clock: Callable[[], int], stop: asyncio.Event, *, every_s: float = EVERY_S
) -> None:
    """Do what is due, again and again, until `stop` is set.

    Raises:
        Tampered: evidence does not hold together.
    """
    while not stop.is_set():
        for work in WORKS:
            # Another process was quicker, or the database does not answer: what is due stays due.
            with contextlib.suppress(Conflict, Unavailable):
                await work(office, clock())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every_s)
