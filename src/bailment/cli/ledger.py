"""`bailment ledger | disclosure`: proving, opening, verifying."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bailment.answers.openings import open_at
from bailment.answers.proofs import prove_entry
from bailment.app import Platform
from bailment.cli.common import viewing, with_platform
from bailment.ledger.commitment import open_items
from bailment.ledger.entry import parse_entry
from bailment.model.encoding import base64url
from bailment.partners.views import ViewReason

ledger = typer.Typer(no_args_is_help=True, help="The tamper-evident record: prove, verify.")
disclosure = typer.Typer(no_args_is_help=True, help="One recorded answer.")

Index = Annotated[int, typer.Argument(min=0, max=(1 << 63) - 1, help="The entry's index in the ledger.")]


@ledger.command("verify", context_settings={"ignore_unknown_options": True})
def verify(
    arguments: Annotated[list[str], typer.Argument(help="DIR_OR_URL and options: see `--help` there.")],
) -> None:
    """Verify a ledger offline, with the standard library and `cryptography` alone."""
    from bailment.cli.verify import main

    raise typer.Exit(main(arguments))


@ledger.command("register", context_settings={"ignore_unknown_options": True})
def register(
    arguments: Annotated[list[str], typer.Argument(help="DIR_OR_URL and options: see `--help` there.")],
) -> None:
    """Rebuild the public register from a ledger's entries alone, verified: --policy, --vkey, --at, --json."""
    from bailment.cli.register import main

    raise typer.Exit(main(arguments))


@ledger.command("prove")
def prove(
    index: Index,
    output: Annotated[
        Path | None, typer.Option(help="Write INDEX.tlog-proof and INDEX.entry into this folder.")
    ] = None,
) -> None:
    """Print the proof that an entry stands in the published ledger, in the .tlog-proof form."""

    async def work(platform: Platform) -> tuple[bytes, bytes]:
        await platform.integrator.step_if_elected()
        proof, raw = prove_entry(platform.folder, index)
        return bytes(proof), raw

    proof, raw = with_platform(work)
    if output is None:
        print(proof.decode(), end="")
        return
    output.mkdir(parents=True, exist_ok=True)
    (output / f"{index}.tlog-proof").write_bytes(proof)
    (output / f"{index}.entry").write_bytes(raw)
    print(f"wrote {output / str(index)}.tlog-proof and {output / str(index)}.entry ({parse_entry(raw).kind})")


@disclosure.command("open")
def open_disclosure(
    index: Index,
    reason: Annotated[ViewReason, typer.Option(help="Why you look; it is recorded before anything shows.")],
) -> None:
    """Open the commitment of an entry for an auditor, as JSON."""

    async def work(platform: Platform) -> str:
        await platform.integrator.step_if_elected()
        opened = await open_at(platform.store, platform.keys, index)
        await viewing(platform, reason, f"entry {index}", opened.person_id)
        document = {
            "entry": _plain({"kind": opened.entry.kind, **opened.entry.fields}),
            "details": _plain(dict(opened.opening.details)),
            "opening": open_items(opened.opening, opened.opening.details.keys()).to_json(),
            "checked": "the details are what the entry commits to",
        }
        return json.dumps(document, indent=1, ensure_ascii=False)

    print(with_platform(work))


def _plain(value: object) -> object:
    """Spell bytes as base64url, for JSON."""
    if isinstance(value, bytes):
        return base64url(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
