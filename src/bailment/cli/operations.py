"""Commands made of the programme's table of operations: one command an operation, with the same names.

Who acts is told by a key in BAILMENT_OPERATOR_KEY. A parameter that is a document of its own is given as a
JSON file. `--json` prints what the admin API would answer.
"""

import csv
import inspect
import io
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
import typer

from bailment.app import Platform, office_of
from bailment.cli.common import acting, with_platform
from bailment.clock import now_ms
from bailment.model.errors import Malformed
from bailment.partners.office import Operation, parse_document, perform
from bailment.partners.operations import OPERATIONS, operation_of
from bailment.partners.operator_enrolment import Enrol, enrol_operator
from bailment.partners.operators import NewKey, add_first_operator

_PLAIN = (str, int, bool)
_HALVES = 2
# Names and reasons come from many hands. What moves the cursor, ends a line or turns the direction of writing
# would let one of them forge what the next operator reads: it is shown as an escape.
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_HARMLESS: dict[int, str] = {
    code: chr(code).encode("unicode_escape").decode() for code in (*_CONTROLS, *_TURNS) if code != ord("\t")
}
_GROUPS: dict[str, str] = {
    "partner": "Legal entities: admit them by a file, hold them, lift a hold, group affiliates.",
    "agreement": "Versioned terms: draft, sign by two, compare, end.",
    "integration": "The products that partners build.",
    "build": "Signed versions of an integration: submit, approve, refuse, withdraw.",
    "partners": "What was agreed before there was a programme.",
    "exemption": "Exceptions from a rule, each with its asker, approver, reason and end.",
    "list": "Screening lists as dated data: import, compare, accept.",
    "rule": "Screening rules as dated data: set, show.",
    "screening": "Screen every partner, show what came of it, prove that nobody was left out.",
    "case": "Hits and appeals: two operators decide.",
    "appeal": "What partners say against their screening: `case answer` answers.",
    "certification": "Yearly certifications of each use by an officer of the partner.",
    "volume": "How many persons' data each group of partners has received in twelve months.",
    "winddown": "The planned end: plan, watch, certify, hunt for what still works.",
    "withholding": "One item withheld in one country, by an order, in the open.",
    "report": "Drafts that the law has clocks for, and packs for officers.",
    "operator": "The platform's own staff: who may do what.",
}


def register(root: typer.Typer) -> None:
    """Add a group of commands for each group of operations."""
    groups: dict[str, typer.Typer] = {}
    for each in OPERATIONS:
        group, _, verb = each.name.partition(" ")
        if group not in groups:
            groups[group] = typer.Typer(no_args_is_help=True, help=_GROUPS[group])
            root.add_typer(groups[group], name=group)
        if not each.by_hand:
            groups[group].command(verb, help=each.summary)(_command(each))
    groups["operator"].command("first")(first_operator)
    groups["operator"].command("enrol")(enrol)
    # It is made with this module's own parts, so that it can only be imported once they are there.
    from bailment.cli.lists import import_list

    groups["list"].command("import")(import_list)


def run_by_hand(name: str, document: dict[str, Any], *, as_json: bool) -> None:
    """Run an operation whose command is written by hand, and print what it returns."""
    chosen = operation_of(name)
    if chosen is None:
        raise AssertionError(f"there is no operation {name}")
    _print(with_platform(lambda platform: _perform(platform, chosen, document)), as_json=as_json)


def first_operator(
    operator: Annotated[str, typer.Argument(help="The operator's short name.")],
    name: Annotated[str, typer.Option(help="Their name; it stands in no entry.")],
) -> None:
    """Add one of the first two operators, with every acting role, and print their key."""

    async def work(platform: Platform) -> str:
        return await add_first_operator(office_of(platform), operator, name, now_ms())

    print(with_platform(work))


def enrol(
    operator: Annotated[str, typer.Argument(help="Your short name.")],
    half: Annotated[
        list[str] | None, typer.Option(help="One half of your code; give both, or be asked for them.")
    ] = None,
) -> None:
    """Mint your first key with both halves of your enrolment code; nobody else sees it."""
    halves = list(half or [])
    while len(halves) < _HALVES:
        # Not shown: whoever looks over a shoulder would have it, and arguments stand in the process list.
        halves.append(typer.prompt(f"half {len(halves) + 1} of {_HALVES}", hide_input=True, err=True))

    async def work(platform: Platform) -> NewKey:
        return await enrol_operator(office_of(platform), Enrol(operator, halves), now_ms())

    print(with_platform(work).key)


def _command(chosen: Operation) -> Callable[..., None]:
    """Return a function whose signature says what the operation wants."""
    hints = get_type_hints(chosen.parameters, include_extras=True)
    wanted = [
        _parameter(each.name, hints[each.name], each.default, each.default_factory, first=chosen.first)
        for each in fields(chosen.parameters)
    ]
    as_json = inspect.Parameter(
        "as_json",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[bool, typer.Option("--json", help="Print JSON.")],
        default=False,
    )

    def run(as_json: bool, **given: Any) -> None:  # noqa: FBT001, ANN401 - typer calls it by name with what it parsed
        document = {name: _value(value) for name, value in given.items() if value is not None}
        _print(with_platform(lambda platform: _perform(platform, chosen, document)), as_json=as_json)

    run.__signature__ = inspect.Signature([*wanted, as_json])  # type: ignore[attr-defined] # typer reads it
    run.__annotations__ = {each.name: each.annotation for each in [*wanted, as_json]}
    return run


async def _perform(platform: Platform, chosen: Operation, document: dict[str, Any]) -> object:
    office, actor = await acting(platform)
    return await perform(chosen, office, actor, document, now_ms())


def _parameter(name: str, hint: Any, default: Any, factory: Any, *, first: str) -> inspect.Parameter:  # noqa: ANN401 - annotations and defaults are of any type
    """Return one field of the parameters as typer wants it: an argument, an option, or a file of JSON."""
    help_text = _description(hint)
    optional = default is not MISSING or factory is not MISSING
    kind = _plain_type(hint)
    if name == first:
        annotation: Any = Annotated[kind, typer.Argument(help=help_text)]
    else:
        flag = f"--{name.replace('_', '-')}"
        annotation = Annotated[kind, typer.Option(flag, help=help_text)]
    value: Any = inspect.Parameter.empty
    if optional:
        value = default if default is not MISSING and isinstance(default, _PLAIN) else None
        annotation = annotation if value is not None else Annotated[kind | None, *get_args(annotation)[1:]]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=value)


def _description(hint: Any) -> str:  # noqa: ANN401 - an annotation
    if get_origin(hint) is not Annotated:
        return ""
    notes = [each for each in get_args(hint)[1:] if isinstance(each, msgspec.Meta)]
    return next((note.description for note in notes if note.description), "")


def _plain_type(hint: Any) -> Any:  # noqa: ANN401 - annotations
    """Return the type that typer parses: texts, numbers, switches, lists of texts; a path for all else."""
    bare = _bare(hint)
    if bare in _PLAIN:
        return bare
    if _is_choice(bare):
        return str
    if get_origin(bare) in (list, tuple) and (get_args(bare)[0] is str or _is_choice(get_args(bare)[0])):
        return list[str]
    return Path


def _bare(hint: Any) -> Any:  # noqa: ANN401 - annotations
    """Return a type without its notes and without None."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    others = [each for each in get_args(hint) if each is not type(None)]
    if type(None) in get_args(hint) and len(others) == 1:
        return _bare(others[0])
    return hint


def _is_choice(hint: Any) -> bool:  # noqa: ANN401 - an annotation
    return isinstance(hint, type) and hasattr(hint, "__members__")


def _value(value: Any) -> Any:  # noqa: ANN401 - what typer parsed becomes what JSON would say
    """Return what was typed as JSON would say it; a document is read from its file."""
    if not isinstance(value, Path):
        return value
    try:
        raw = value.read_bytes()
    except OSError as error:
        raise Malformed(f"it cannot be read: {error.strerror}", where=str(value)) from error
    return _parse_rows(raw, str(value)) if value.suffix == ".csv" else parse_document(raw, str(value))


def _parse_rows(raw: bytes, where: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file (RFC 4180, UTF-8) by column, as JSON would have them."""
    try:
        text = raw.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="", restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed("it is not CSV in UTF-8", where=where) from error
    if any("" in row for row in rows):
        raise Malformed("a row has more cells than there are columns", where=where)
    return rows


def _print(result: object, *, as_json: bool) -> None:
    lines = getattr(result, "lines", None)
    if as_json or lines is None:
        print(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
        return
    print("\n".join(line.translate(_HARMLESS) for line in lines()))
