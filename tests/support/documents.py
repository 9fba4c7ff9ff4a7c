"""The parts of the documents that are made from the code: tables and the command line's help.

A part stands between two comments, `<!-- generated: NAME; ... -->` and `<!-- end of generated -->`. The tests
hold it against what is made here; `python -m tests.regenerate_docs` writes it.
"""

import argparse
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import typer

from bailment.cli.commands import app
from bailment.cli.verify import _parser as verifier_parser
from bailment.endpoints.api.openapi import openapi_document
from bailment.endpoints.api.problems import PROBLEMS
from bailment.kernel.rules import REMEDIES
from bailment.ledger.entry import KINDS, TERMS, TERMS_FIELDS, FieldType
from bailment.model.fields import FIELDS
from bailment.model.operators import Role
from bailment.oauth import (
    consenting,
    registration,
    rfc6749,
    rfc7523,
    rfc8628,
    rfc9126,
    rfc9396,
    rfc9449,
    server,
)
from bailment.partners.operations import OPERATIONS
from tests.support import clauses

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"(?P<head><!-- generated: (?P<name>[a-z]+);[^\n]*-->\n).*?(?P<foot><!-- end of generated -->\n)",
    re.DOTALL,
)


def documents() -> list[Path]:
    """Return every Markdown file of the repository."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def regenerated(text: str) -> str:
    """Return a document's text with its generated parts as the code has them now."""
    return BLOCK.sub(
        lambda match: f"{match['head']}\n{PARTS[match['name']]().strip()}\n\n{match['foot']}", text
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _kinds() -> str:
    rows = [(f"`{kind}`", _typed(fields)) for kind, fields in KINDS.items()]
    terms = f"`terms` is a map of exactly {_typed(TERMS_FIELDS)}.\n"
    return _table(("kind", "fields, `v` and `kind` apart"), rows) + "\n" + terms


def _typed(fields: Mapping[str, FieldType]) -> str:
    return ", ".join(
        f"`{name}`" if spec is TERMS else f"`{name}` ({spec.name})" for name, spec in fields.items()
    )


def _routes() -> str:
    paths: dict[str, dict[str, Any]] = msgspec.json.decode(openapi_document("https://gateway.example"))[
        "paths"
    ]
    rows = [
        (f"`{method.upper()} {path}`", operation["summary"])
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    return _table(("request", "what it does"), rows)


def _problems() -> str:
    return _table(
        ("kind", "status", "title"),
        [(f"`{problem.kind}`", str(problem.status), problem.title) for problem in PROBLEMS.values()],
    )


def _rules() -> str:
    return _table(("rule", "remedy"), [(f"`{code}`", remedy) for code, remedy in REMEDIES.items()])


def _fields() -> str:
    return _table(
        ("bit", "field", "category", "default for friends"),
        [
            (
                str(field.bit),
                f"`{field.name}`",
                field.category.value,
                "open" if field.open_to_friends else "closed",
            )
            for field in FIELDS
        ],
    )


def _clauses() -> str:
    rows = [(f"[{clauses.title(path)}]({path.name})", *clauses.counts(path)) for path in clauses.lists()]
    total = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    lines = [[str(cell) for cell in row] for row in (*rows, ("all", *total))]
    return _table(("document", *clauses.STATES), lines)


def _details() -> str:
    document = rfc9396.schema("https://gateway.example")
    rows = [
        (
            f"`{name}`",
            "yes" if name in document["required"] else "",
            spec.get("description", "This type and no other."),
            f"`{spec['const']}`" if "const" in spec else _FORMS[name],
        )
        for name, spec in document["properties"].items()
    ]
    return _table(("member", "required", "what it is", "form"), rows)


# Nobody wants to read a pattern: these are its words.
_FORMS = {
    "purpose": "1 to 64 of a-z, 0-9 and inner hyphens",
    "self": "a list of fields",
    "friends": "a list of fields",
    "write": "a list of `likes`, `statuses`, `photos`",
    "country": "two capital letters",
    "device_name": f"at most {rfc9396.MOST_DEVICE_NAME} printable characters, not all blank",
    "build": "64 hexadecimal digits",
}


def _lives() -> str:
    rows = (
        ("`request_uri`", rfc9126.LIFE_MS, "good once"),
        ("the page that asks the person", consenting.INTERACTION_LIFE_MS, "then they see that it is gone"),
        (
            "authorization code",
            consenting.CODE_LIFE_MS,
            "good once; a second time ends all tokens of the grant",
        ),
        (
            "device code and the code to enter",
            rfc8628.LIFE_MS,
            f"poll every {rfc8628.INTERVAL_S} s, not oftener",
        ),
        ("access token", server.ACCESS_LIFE_MS, "or to the grant's end"),
        ("refresh token", server.REFRESH_LIFE_MS, "or to the grant's end; each use gives a new one"),
        ("a spent refresh token", rfc6749.SUCCESSOR_MS, "sent again within it, it gives the same successor"),
        ("DPoP proof", rfc9449.PAST_S * 1000, f"good once; at most {rfc9449.FUTURE_S} s ahead of our clock"),
        ("DPoP nonce", rfc9449.NONCE_STEP_S * 1000, "at least, and twice that at most"),
        ("client assertion", rfc7523.MOST_LIFE_S * 1000, "at most; good once"),
        (
            "registration ticket",
            registration.TICKET_LIFE_MS,
            "unless the operator says otherwise; good for several clients",
        ),
        ("grant", consenting.MOST_GRANT_MS, "at most, to the agreement's end, or as long as the person says"),
    )
    return _table(("what", "lives", "mind"), [(what, span(life_ms), mind) for what, life_ms, mind in rows])


def span(life_ms: int) -> str:
    """Return a span of time as people say it, in the largest unit that needs no fraction.

    Raises:
        StopIteration: it is no whole number of seconds.
    """
    units = ((86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))
    return next(f"{life_ms // each} {name}" for each, name in units if life_ms % each == 0)


def _commands() -> str:
    return "".join(_sections(typer.main.get_command(app), ("bailment",)))


def _sections(command: Any, path: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401 - Typer exports no type of it
    """Yield a section for a command, or for each below a group. Typer keeps its click to itself."""
    if path == ("bailment", "ledger", "verify"):
        yield _verifier()
        return
    subcommands: Mapping[str, Any] = getattr(command, "commands", {})
    if subcommands:
        yield f"{'#' * (len(path) + 1)} `{' '.join(path)}`\n\n{command.help}\n\n"
        for name, each in subcommands.items():
            yield from _sections(each, (*path, name))
        return
    rows = [_parameter(each) for each in command.params if each.name != "help"]
    arguments = "".join(
        f" {each.name.upper()}" for each in command.params if not each.opts[0].startswith("-")
    )
    yield _section(f"{' '.join(path)}{arguments}", len(path), inspect.cleandoc(command.help), rows)


def _parameter(each: Any) -> tuple[str, str, str]:  # noqa: ANN401 - as in _sections
    name = each.opts[0] if each.opts[0].startswith("-") else each.name.upper()
    kind = f" {_WORDS[each.type.name]}" if name.startswith("-") and not each.is_flag else ""
    least = getattr(each.type, "min", None)
    text = (each.help or "") + (f" At least {least}." if least else "")
    default = "" if each.default in (None, "", []) or each.default is False else f"`{each.default}`"
    return f"`{name}{kind}`", text, "required" if each.required else default


_WORDS = {"str": "TEXT", "int": "N", "int range": "N", "path": "PATH", "choice": "WORD"}


def _verifier() -> str:
    parser = verifier_parser()
    rows = [
        (f"`{_spelled(action)}`", action.help or "", "")
        for action in parser._actions  # noqa: SLF001 - argparse has no other list of them
        if action.dest != "help"
    ]
    return _section("bailment ledger verify [DIR_OR_URL]", 3, parser.description or "", rows)


def _spelled(action: argparse.Action) -> str:
    value = (action.metavar or action.dest) if action.nargs != 0 else ""
    return f"{' '.join(action.option_strings)} {str(value).upper()}".strip()


def _section(title: str, depth: int, text: str, rows: Sequence[Sequence[str]]) -> str:
    table = _table(("argument or option", "what it is", "default"), rows) + "\n" if rows else ""
    return f"{'#' * (depth + 1)} `{title}`\n\n{text}\n\n{table}"


def _operations() -> str:
    rows = [
        (
            f"`{each.name}`",
            each.summary,
            ", ".join(f"`{role.value}`" for role in Role if role in each.roles),
            ", ".join(f"`{field.name}`" for field in dataclasses.fields(each.parameters)) or "none",
        )
        for each in OPERATIONS
    ]
    return _table(("operation", "what it does", "roles", "parameters"), rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "kinds": _kinds,
    "routes": _routes,
    "problems": _problems,
    "rules": _rules,
    "fields": _fields,
    "commands": _commands,
    "clauses": _clauses,
    "details": _details,
    "lives": _lives,
    "operations": _operations,
}
