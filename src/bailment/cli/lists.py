"""`bailment list import`: the one command of lists that reads files; the rest are made of the table."""

import base64
from pathlib import Path
from typing import Annotated

import typer

from bailment.cli.operations import run_by_hand
from bailment.model.errors import Malformed


def import_list(
    name: Annotated[str, typer.Argument(metavar="LIST", help="The list's id, as the rules name it.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The publisher's files.")],
    list_format: Annotated[
        str, typer.Option("--format", help="Its format, like ofac-sdn, csl-csv, fcc, plain, ftm.")
    ],
    published: Annotated[
        str, typer.Option(help="The date that the list is of, like 2026-11-22; or 2026-11-22T13:00Z.")
    ],
    empty: Annotated[
        bool, typer.Option("--empty", help="That nobody is on it: a plain table with a header and no row.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import a list from its publisher's files and screen everyone."""
    contents = {path.name: base64.b64encode(_read(path)).decode() for path in files}
    if len(contents) < len(files):
        raise Malformed("two files have one name", where="FILE")
    document = {
        "list": name,
        "format": list_format,
        "published": published,
        "files": contents,
        "empty": empty,
    }
    run_by_hand("list import", document, as_json=as_json)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Malformed(f"{path} cannot be read: {error.strerror}", where="FILE") from error
