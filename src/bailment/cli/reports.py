"""`bailment report show | pack | records`: reports that are written to a file of the caller's.

The operations give bytes and write nothing, because the admin API must not write files where a caller says;
only these commands, on the caller's own machine, do.
"""

from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import typer

from bailment.app import Platform
from bailment.cli.common import acting, with_platform
from bailment.clock import now_ms
from bailment.model.errors import Malformed
from bailment.partners.office import perform
from bailment.partners.operations import operation_of
from bailment.partners.report_files import Format, Rendered
from bailment.partners.views import ViewReason

_Form = Annotated[Format, typer.Option("--format", help="json, csv or pdf.")]
_Output = Annotated[Path | None, typer.Option(help="Write it to this file, which only you can read.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print what the admin API answers.")]


def register(root: typer.Typer) -> None:
    """Put these in place of the commands that were made of the table alone."""
    group = next(each.typer_instance for each in root.registered_groups if each.name == "report")
    if group is None:
        raise AssertionError("the group of reports has no commands")
    group.command("show")(show)
    group.command("pack")(pack)
    group.command("records")(records)


def show(
    report: Annotated[str, typer.Argument(help="The report, as `report list` names it.")],
    reason: Annotated[ViewReason, typer.Option(help="Why you look at it: the view is recorded.")],
    form: _Form = Format.JSON,
    output: _Output = None,
    as_json: _AsJson = False,
) -> None:
    """Give out a report; it may name owners who are persons, so the view is recorded."""
    _give("report show", {"report": report, "reason": reason.value}, form, output, as_json=as_json)


def pack(
    year: Annotated[int, typer.Option(help="The year that is certified, like 2026.")],
    officer: Annotated[str, typer.Option(help="The officer who certifies the policy.")],
    form: _Form = Format.JSON,
    output: _Output = None,
    as_json: _AsJson = False,
) -> None:
    """Give out the year's certification pack."""
    _give("report pack", {"year": year, "officer": officer}, form, output, as_json=as_json)


def records(form: _Form = Format.JSON, output: _Output = None, as_json: _AsJson = False) -> None:
    """Give out the record of recipients, third countries among them."""
    _give("report records", {}, form, output, as_json=as_json)


def _give(name: str, document: dict[str, Any], form: Format, output: Path | None, *, as_json: bool) -> None:
    """Run the operation; print the report, or write it to the file."""
    if form is Format.PDF and output is None and not as_json:
        raise Malformed("a PDF goes to a file: say which", where="--output")

    async def work(platform: Platform) -> Rendered:
        chosen = operation_of(name)
        if chosen is None:
            raise AssertionError(f"there is no operation {name}")
        office, actor = await acting(platform)
        found = await perform(chosen, office, actor, {**document, "format": form.value}, now_ms())
        return cast("Rendered", found)

    rendered = with_platform(work)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(rendered), indent=2).decode())
    elif output is None:
        print("\n".join(rendered.lines()))
    else:
        _write(output, rendered)


def _write(output: Path, rendered: Rendered) -> None:
    # It names owners who are persons: nobody else on this machine is to read it.
    output.touch(mode=0o600)
    output.write_bytes(rendered.content)
    print(f"wrote {output} ({rendered.name}, {len(rendered.content)} bytes)")
