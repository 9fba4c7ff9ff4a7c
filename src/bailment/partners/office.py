"""The office: what a use case of the partner programme works with, and the table of its operations.

An operation has one name, one dataclass of parameters and the roles that may run it. The command line and
the admin API are both made of the table, so that they cannot differ.
"""

import asyncio
import inspect
import json
import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, fields
from typing import Any, NoReturn, TypeVar

import msgspec

from bailment.config import DEFAULT_MAX_SEND_S
from bailment.model.errors import Malformed
from bailment.model.operators import Actor, Role, check_role
from bailment.partners.ports import PersonKeys, ProgrammeStore
from bailment.seal.ledger_keys import SigningKeys

P = TypeVar("P")

_INT64 = 2**63
# How much of what a caller sent is told back, and of what is wrong with it.
_MOST_ECHOED, _MOST_TOLD = 64, 500


@dataclass(frozen=True, slots=True)
class Office:
    """The store, the keys, and the ledger's signing keys, with which certificates are signed too.

    `publish` brings the ledger up to date when no server does: it returns once what was appended is
    integrated or somebody else is integrating. `max_send_s` is how long after a request came bytes of its
    answer may be on their way; `pause` waits for some seconds, as a certificate does for them.
    """

    store: ProgrammeStore
    keys: PersonKeys
    signing: SigningKeys
    publish: Callable[[], Awaitable[object]]
    max_send_s: int = DEFAULT_MAX_SEND_S
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that an operator can do: `name` is a group and a verb, as in `partner admit`.

    `run(office, actor, parameters, now)` returns a value that JSON can spell: dataclasses, lists, texts,
    numbers. `reads` says that it changes nothing. `first` is the parameter that a command line takes without
    its name, "" for none. `by_hand` says that its command is written by hand, because it reads or
    writes files.
    """

    name: str
    summary: str
    parameters: type[Any]
    roles: frozenset[Role]
    run: Callable[[Office, Actor, Any, int], Awaitable[Any]]
    reads: bool = False
    first: str = ""
    by_hand: bool = False


def operation(
    name: str,
    summary: str,
    roles: Collection[Role],
    run: Callable[[Office, Actor, P, int], Awaitable[Any]],
    *,
    reads: bool = False,
    first: str = "",
    by_hand: bool = False,
) -> Operation:
    """Return a row of the table; the type of the parameters is read off `run`."""
    shape = inspect.get_annotations(run, eval_str=True)["parameters"]
    return Operation(name, summary, shape, frozenset(roles), run, reads, first, by_hand)


async def perform(chosen: Operation, office: Office, actor: Actor, document: object, now: int) -> object:
    """Check the role and the parameters, and run; `document` is what JSON said, or a value of the shape.

    Raises:
        Forbidden: the operator has none of the roles.
        Malformed: the parameters are not those of the operation.
    """
    check_role(actor, chosen.roles)
    return await chosen.run(office, actor, parse_parameters(document, chosen.parameters, chosen.name), now)


def parse_parameters(document: object, shape: type[P], where: str) -> P:
    """Return what JSON said, or a value of the shape, as parameters; `shape` is a dataclass.

    Raises:
        Malformed: they are not of this shape.
    """
    _check_can_be_kept(document, where)
    if isinstance(document, dict):
        unknown = sorted(document.keys() - {each.name for each in fields(shape)})  # type: ignore[arg-type] # a dataclass
        if unknown:
            raise Malformed(f"there is no parameter {unknown[0][:_MOST_ECHOED]}", where=where)
    try:
        return msgspec.convert(document, shape, from_attributes=True)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)[:_MOST_TOLD], where=where) from error


def parse_document(raw: bytes, where: str) -> object:
    """Return what a JSON text says (RFC 8259).

    A member that stands twice is refused: who reads the first of them and who reads the last would take the
    same text for two different requests.

    Raises:
        Malformed: it is not JSON in UTF-8, or nested too deeply, or a member stands twice.
    """
    try:
        return json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Malformed(f"it is not JSON: {error}", where=where) from error
    except (ValueError, RecursionError) as error:
        # What these say may quote the text.
        raise Malformed("it is not JSON that can be read", where=where) from error


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(members)
    if len(document) != len(members):
        raise Malformed("a member stands twice in one object", where="JSON")
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_can_be_kept(document: object, where: str) -> None:
    """Refuse what JSON can say and no database keeps, wherever in a document it stands."""
    left = [document]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple)):
            left += each
        elif isinstance(each, str) and not _is_text(each):
            raise Malformed("a text has a character that cannot be kept", where=where)
        elif isinstance(each, int) and not -_INT64 <= each < _INT64:
            raise Malformed("a number is beyond 64 bits", where=where)
        elif isinstance(each, float) and not math.isfinite(each):
            raise Malformed("a number is too large", where=where)


def _is_text(text: str) -> bool:
    """Tell whether a text has neither NUL, which PostgreSQL does not store, nor half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
