"""What every command shares: opening the platform, who acts, errors as one line and an exit status."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bailment.app import Platform, office_of, open_platform
from bailment.clock import now_ms
from bailment.config import Config, read_config
from bailment.model.errors import BailmentError, Malformed, Tampered
from bailment.model.operators import Actor
from bailment.partners.office import Office
from bailment.partners.operators import actor_of_key
from bailment.partners.views import ViewReason, record_view

T = TypeVar("T")

KEY_VARIABLE = "BAILMENT_OPERATOR_KEY"
_EXIT_FAILED, _EXIT_USAGE, _EXIT_TAMPERED = 1, 2, 3


def with_platform(work: Callable[[Platform], Awaitable[T]], config: Config | None = None) -> T:
    """Open the configured platform, run `work`, integrate the ledger when no server does, and close."""

    async def run() -> T:
        async with open_platform(config or read_config(os.environ)) as platform:
            result = await work(platform)
            await platform.integrator.step_if_elected()
            return result

    return asyncio.run(run())


async def acting(platform: Platform) -> tuple[Office, Actor]:
    """Return the office and who acts in it, by the key in BAILMENT_OPERATOR_KEY.

    Raises:
        Malformed: there is no key.
        Unidentified: nobody can be found behind it.
    """
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise Malformed(
            f"say who acts: set {KEY_VARIABLE} (the first key comes from `bailment operator first`)"
        )
    office = office_of(platform)
    return office, await actor_of_key(office, key, now_ms())


async def viewing(platform: Platform, reason: ViewReason, view: str, person_id: int | None) -> None:
    """Record that the operator who acts is about to see a person's details."""
    office, actor = await acting(platform)
    await record_view(office, actor, reason, view, now_ms(), person_id=person_id)


@contextmanager
def reported() -> Iterator[None]:
    """Turn our families of error into one line on standard error and an exit status."""
    try:
        yield
    except Malformed as error:
        _fail(error, _EXIT_USAGE)
    except Tampered as error:
        _fail(error, _EXIT_TAMPERED)
    except (BailmentError, OSError) as error:
        _fail(error, _EXIT_FAILED)


def _fail(error: Exception, status: int) -> None:
    print(f"bailment: {error}", file=sys.stderr)
    raise SystemExit(status)
