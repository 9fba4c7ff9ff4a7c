"""`bailment serve | sandbox | demo | witness`: the commands that run until they are told to stop."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bailment.app import open_platform
from bailment.cli.serving import (
    free_port,
    run_until_told,
    serving,
    serving_platform,
    until_told_to_stop,
)
from bailment.clock import now_ms
from bailment.config import DEFAULT_PORT, read_config
from bailment.endpoints.witness.routes import witness_app
from bailment.ledger.cosignature import Cosigner, Ed25519Cosigner, MLDSA44Cosigner
from bailment.ledger.note import VerifierKey, parse_vkey
from bailment.ledger.witness import Witness
from bailment.model.errors import Malformed
from bailment.seal.ledger_keys import load_or_make_keys
from bailment.store.witness_files import WitnessFiles

_LAST_PORT = 65_535
Host = Annotated[str, typer.Option(help="Address to listen on.")]
AnyPort = Annotated[int, typer.Option(min=0, max=_LAST_PORT, help="Port to listen on; 0 takes a free one.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the root."""
    app.command("serve")(serve)
    app.command("sandbox")(sandbox)
    app.command("demo")(demo)
    app.command("witness")(witness)


def serve(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=_LAST_PORT, help="Port to listen on.")] = DEFAULT_PORT,
) -> None:
    """Serve the configured platform (BAILMENT_* variables) until told to stop."""

    async def run() -> None:
        config = read_config(os.environ)
        async with open_platform(config) as platform, serving_platform(platform, host, port):
            print(f"serving {config.origin} on {host}:{port}", flush=True)
            await until_told_to_stop()

    run_until_told(run())


def sandbox(
    people: Annotated[int, typer.Option(min=20, help="How many invented persons.")] = 200,
    port: AnyPort = 0,
    store: Annotated[str, typer.Option(help="A postgresql:// URL; SQLite if not given.")] = "",
) -> None:
    """Serve a throwaway platform; print one JSON line with all that a client needs, once it is ready."""
    from bailment.cli.sandbox import run_sandbox

    run_until_told(run_sandbox(people, port or free_port(), store))


def demo(
    people: Annotated[
        str, typer.Option(help="ldbc:DIR, facebook:PATH, vcard:PATH or generated:N.")
    ] = "generated:200",
    serve: Annotated[bool, typer.Option("--serve", help="Keep serving, with a page of disclosures.")] = False,
) -> None:
    """Tell the whole story on a throwaway platform under .bailment/demo/."""
    from bailment.cli.demo import run_demo

    run_until_told(run_demo(people, serve=serve))


def witness(
    directory: Annotated[
        Path, typer.Option("--dir", help="Where its keys and the checkpoints it saw are kept.")
    ],
    name: Annotated[str, typer.Option(help="The witness's name, in its signature lines.")],
    log: Annotated[list[str], typer.Option(help="A ledger's vkey, or a file with one a line; repeat.")],
    host: Host = "127.0.0.1",
    port: AnyPort = 0,
) -> None:
    """Run a C2SP tlog-witness: it cosigns only what extends what it cosigned before."""

    async def run() -> None:
        chosen = port or free_port(host)
        cosigner = open_witness(directory, name, [key for text in log for key in _keys(text)])
        async with serving(witness_app(cosigner, lambda: now_ms() // 1000), host, chosen):
            print(
                f"http://{host}:{chosen} {' '.join(str(each.key) for each in cosigner.cosigners)}", flush=True
            )
            await until_told_to_stop()

    run_until_told(run())


def open_witness(directory: Path, name: str, keys: list[VerifierKey]) -> Witness:
    """Open a witness's folder, making its keys the first time."""
    directory.mkdir(parents=True, exist_ok=True)
    signing = load_or_make_keys(directory / "witness.json", name)
    logs: dict[str, list[VerifierKey]] = {}
    for key in keys:
        logs.setdefault(key.name, []).append(key)
    cosigners: list[Cosigner] = [
        Ed25519Cosigner(name, signing.ed25519),
        MLDSA44Cosigner(name, signing.mldsa44),
    ]
    return Witness(cosigners, logs, WitnessFiles(directory / "checkpoints"))


def _keys(text: str) -> list[VerifierKey]:
    """Return the keys in a vkey, or in a file of them."""
    place = Path(text)
    if "+" not in text and not place.is_file():
        raise Malformed("neither a vkey nor a file of vkeys", where="log")
    lines = place.read_text().split() if place.is_file() else [text]
    return [parse_vkey(line) for line in lines]
