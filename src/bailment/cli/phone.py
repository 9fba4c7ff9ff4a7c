"""`bailment phone`: a device on the command line, over the real HTTP API with a key of its own."""

import os
from pathlib import Path
from typing import Annotated, Any

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


@app.command("connect")
def connect(
    url: Annotated[str, typer.Option(help="The gateway's origin, like https://gateway.example.")],
    client: Annotated[str, typer.Option(help="The app's OAuth client id: a public client's.")],
    build: Annotated[str, typer.Option(help="The build that this client declares: 64 hexadecimal digits.")],
    country: Annotated[str, typer.Option(help="Where the device is, like DE.")],
    purpose: Annotated[
        str, typer.Option(help="What the data is for: a purpose of the agreement.")
    ] = "address-book",
    self_fields: Annotated[
        str, typer.Option("--self", help="Own fields to ask for, of docs/api.md: a,b,c.")
    ] = "name,photo",
    friend_fields: Annotated[
        str, typer.Option("--friends", help="Friends' fields to ask for, of docs/api.md: a,b,c.")
    ] = "name,photo,email,birthday",
    write_fields: Annotated[
        str, typer.Option("--write", help="What to write for the user: of statuses,likes,photos.")
    ] = "",
    name: Annotated[str, typer.Option(help="What the person's list calls this device.")] = "Phone",
    home: Home = None,
) -> None:
    """Ask a person for a grant by device code (RFC 8628): shows a code, and waits for the answer."""
    from bailment.phone import commands

    details: dict[str, Any] = {
        "type": "bailment",
        "purpose": purpose,
        "self": [each for each in self_fields.split(",") if each],
        "friends": [each for each in friend_fields.split(",") if each],
        "country": country,
        "device_name": name,
        "build": build,
    }
    if write_fields:
        details["write"] = write_fields.split(",")
    commands.connect(commands.home_of(home, os.environ), url, client, build, [details])


@app.command("post")
def post(
    text: Annotated[str, typer.Argument(help="What to say; may be empty beside a picture.")],
    photo: Annotated[Path | None, typer.Option(help="A picture: JPEG, PNG, WebP or GIF.")] = None,
    home: Home = None,
) -> None:
    """Post a status, with a picture if there is one."""
    from bailment.phone import commands

    commands.post(commands.home_of(home, os.environ), text, photo)


@app.command("timeline")
def timeline(home: Home = None) -> None:
    """Read the newest statuses, and say by which app each was written."""
    from bailment.phone import commands

    commands.timeline(commands.home_of(home, os.environ))


@app.command("like")
def like(
    status: Annotated[str, typer.Argument(help="The id of a status, as `phone timeline` shows it.")],
    home: Home = None,
) -> None:
    """Like a status."""
    from bailment.phone import commands

    commands.like(commands.home_of(home, os.environ), status)


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
