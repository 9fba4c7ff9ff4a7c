"""`bailment phone`: a device on the command line, over the real HTTP API with a key of its own."""

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="A device: enrol it, bring it up to date, see what it holds.")

Home = Annotated[
    Path | None,
    typer.Option(help="The phone's folder; else $BAILMENT_PHONE, else ~/.bailment-phone."),
]


@app.command("enrol")
def enrol(
    url: Annotated[str, typer.Option(help="The gateway's origin, like https://gateway.example.")],
    code: Annotated[str, typer.Option(help="The one-time code that came with the person's grant.")],
    build: Annotated[str, typer.Option(help="The build that this client declares: 64 hexadecimal digits.")],
    home: Home = None,
) -> None:
    """Make a key, spend a one-time code with it, and store the token that comes back."""
    from bailment.phone import commands

    commands.enrol(commands.home_of(home, os.environ), url, code, build)


@app.command("sync")
def sync(home: Home = None) -> None:
    """Read what changed, forget what was retracted, and show each answer's receipt."""
    from bailment.phone import commands

    commands.sync(commands.home_of(home, os.environ))


@app.command("show")
def show(home: Home = None) -> None:
    """Show what the phone holds, without asking anyone."""
    from bailment.phone import commands

    commands.show(commands.home_of(home, os.environ))
