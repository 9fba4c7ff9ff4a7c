"""`bailment people`: importing and generating persons and friendships."""

from pathlib import Path
from typing import Annotated

import typer

from bailment.app import Platform
from bailment.cli.common import with_platform
from bailment.clock import now_ms
from bailment.partners.imports import import_people
from bailment.people.sources import open_source

app = typer.Typer(no_args_is_help=True, help="Persons and friendships: import, generate.")
imports = typer.Typer(no_args_is_help=True, help="All or nothing: nobody sees a part of an import.")
app.add_typer(imports, name="import")

Source = Annotated[Path, typer.Argument(help="File or folder.")]


@imports.command("ldbc")
def ldbc(directory: Source) -> None:
    """Import an LDBC Social Network Benchmark CSV folder."""
    _import(f"ldbc:{directory}")


@imports.command("facebook")
def facebook(export: Source) -> None:
    """Import a "Download your information" export, folder or zip, in any of its three layouts."""
    _import(f"facebook:{export}")


@imports.command("vcard")
def vcard(
    cards: Source,
    owner: Annotated[bool, typer.Option("--owner", help="The first card owns the address book.")] = False,
) -> None:
    """Import vCard files, 3.0 or 4.0."""
    _import(f"vcard:{cards}", owner=owner)


@app.command("generate")
def generate(
    persons: Annotated[int, typer.Argument(min=2, help="How many persons.")],
    friendships: Annotated[
        int | None, typer.Option(min=1, help="How many friendships; 20 a person if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same people.")] = 1,
) -> None:
    """Generate invented persons with friendships."""
    _import(f"generated:{persons}:{seed}", friendships=friendships)


def _import(spec: str, *, owner: bool = False, friendships: int | None = None) -> None:
    async def work(platform: Platform) -> str:
        async with platform.store.reading() as transaction:
            first_id = await transaction.next_person_id()
        source = open_source(spec, first_id, owner=owner, friendships=friendships)
        done = await import_people(platform.store, platform.store, source, now_ms())
        return f"imported {done.persons} persons and {done.friendships} friendships"

    print(with_platform(work))
