"""`bailment ask`: the questions, as of any instant, each with its numbers, evidence, entries and unknowns.

They count persons and name none, so that whoever commands the machine needs no reason code for them.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import typer

from bailment.answers.could_read import ask_could_read
from bailment.answers.evidence import Answer
from bailment.answers.register import ask_register
from bailment.answers.residency import ask_residency
from bailment.answers.winding_down import ask_winddown
from bailment.answers.withheld import ask_withheld
from bailment.app import Platform
from bailment.cli.common import with_platform
from bailment.cli.moment import parse_moment
from bailment.clock import now_ms
from bailment.model.errors import Malformed
from bailment.model.fields import Ring

ask = typer.Typer(
    no_args_is_help=True,
    help="Questions as of any date, answered with numbers, evidence and what is unknown.",
)

_DAY_MS = 86_400_000

At = Annotated[str | None, typer.Option(help="As of: 2026-11-20T12:00Z (UTC) or a date; now if not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@ask.command("register")
def register(at: At = None, as_json: AsJson = False) -> None:
    """Say who is a partner, under what, and whether every disclosure rests on a registered agreement."""

    async def work(platform: Platform, until: int) -> Answer:
        return ask_register(platform.folder, until)

    _answer(work, at, as_json=as_json)


@ask.command("residency")
def residency(
    country: Annotated[str, typer.Option(help="ISO 3166-1 code, like CN.")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Say whether data resides on a server in a country, as far as anybody here can know."""

    async def work(platform: Platform, until: int) -> Answer:
        return await ask_residency(platform.store, platform.keys, platform.folder, country, until)

    _answer(work, at, as_json=as_json)


@ask.command("withheld")
def withheld(
    country: Annotated[str, typer.Option(help="ISO 3166-1 code, like DE; all countries if not given.")] = "",
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """List what is withheld in a country, by whose order and on which basis, and what staff object."""

    async def work(platform: Platform, until: int) -> Answer:
        return ask_withheld(platform.folder, country, until)

    _answer(work, at, as_json=as_json)


@ask.command("winddown")
def winddown(
    partner: Annotated[str, typer.Argument(help="The partner's short name.")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Say how a partner's wind-down stands: plan, steps, last entry, certificate."""

    async def work(platform: Platform, until: int) -> Answer:
        return await ask_winddown(platform.store, platform.folder, partner, until)

    _answer(work, at, as_json=as_json)


@ask.command("could-read")
def could_read(
    field: Annotated[str, typer.Argument(help="A field, like relationship.")],
    ring: Annotated[Ring, typer.Option(help="Whose: the device's user (self) or friends (friend).")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Say which partners could read a field, of how many persons, and which did."""

    async def work(platform: Platform, until: int) -> Answer:
        return await ask_could_read(platform.store, platform.keys, platform.folder, field, ring, until)

    _answer(work, at, as_json=as_json)


def _answer(work: Callable[[Platform, int], Awaitable[Answer]], at: str | None, *, as_json: bool) -> None:
    """Bring the published ledger up to date, put the question, and print the answer."""
    now = now_ms()
    until = now if at is None else parse_moment(at)
    if until - now >= _DAY_MS:  # A date means the end of its day, and today's has not come.
        raise Malformed("nobody can answer for a day that has not begun", where="at")

    async def put(platform: Platform) -> Answer:
        await platform.integrator.step_if_elected()
        return await work(platform, until)

    answer = with_platform(put)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(answer), indent=1).decode())
    else:
        print("\n".join(answer.lines()))
