"""What every command shares: opening the platform, lists of fields, errors as one line and an exit status."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bailment.app import Platform, open_platform
from bailment.config import Config, read_config
from bailment.model.errors import BailmentError, Malformed, Tampered
from bailment.model.fields import ALL_FIELDS, mask_of

T = TypeVar("T")

_EXIT_FAILED, _EXIT_USAGE, _EXIT_TAMPERED = 1, 2, 3


def with_platform(work: Callable[[Platform], Awaitable[T]], config: Config | None = None) -> T:
    """Open the configured platform, run `work`, integrate the ledger when no server does, and close."""

    async def run() -> T:
        async with open_platform(config or read_config(os.environ)) as platform:
            result = await work(platform)
            await platform.integrator.step_if_elected()
            return result

    return asyncio.run(run())


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


def parse_fields(text: str) -> int:
    """Return the mask of a comma-separated list of fields; `all` and `none` are words of their own.

    Raises:
        Malformed: a name is no field.
    """
    if text == "all":
        return ALL_FIELDS
    if text in ("", "none"):
        return 0
    return mask_of(name.strip() for name in text.split(","))


def parse_digest(text: str) -> bytes:
    """Return the 32 bytes of a signing digest given in hexadecimal, with or without `sha256:`.

    Raises:
        Malformed: it is not 64 hexadecimal digits.
    """
    try:
        digest = bytes.fromhex(text.removeprefix("sha256:"))
    except ValueError as error:
        raise Malformed("a signing digest is 64 hexadecimal digits", where="build") from error
    if len(digest) != 32:
        raise Malformed("a signing digest is 64 hexadecimal digits", where="build")
    return digest
