"""Synchronisation (RFC 6578): what changed since a token, page by page where a client wants few at once.

A token is the pipeline's own, in a URI. That of an answer which was cut off says besides what was asked and
whose card came last: the rest is what stands behind that card in a new answer to the same question. When it
has all come, the token is that of the *first* page's state, so that what changed in between comes once more,
and none of it is lost. No server remembers anything for this.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bailment.endpoints.carddav.elements import Element
from bailment.endpoints.carddav.names import d
from bailment.endpoints.carddav.problems import Violated
from bailment.endpoints.carddav.rfc4918 import Wanted, parse_depth, parse_wanted
from bailment.endpoints.carddav.rfc6352 import parse_limit
from bailment.model.answers import Card, Cards
from bailment.model.errors import Malformed

TOKEN_PREFIX = "urn:bailment:sync:"  # noqa: S105 - no secret
_TOKEN = re.compile(
    r"(?P<holding>[A-Za-z0-9_-]{22})\.(?P<revision>[0-9]{1,18})(?::(?P<since>[0-9]{0,18}):(?P<after>[0-9]{1,16}))?"
)


class StaleToken(Violated):
    """The token is none of this address book's: the client starts again without one (section 3.2)."""

    def __init__(self) -> None:
        super().__init__("the token is not of this address book: synchronise from the start", VALID_TOKEN)


VALID_TOKEN = b"<D:valid-sync-token/>"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a client stands: the pipeline's token to ask from, and in the middle of pages the rest.

    `target` is the pipeline's token of the first page's state, `after` the person whose card came last.
    """

    since: str | None = None
    target: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Sync:
    """A `sync-collection` report."""

    wanted: Wanted
    position: Position
    limit: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """What of the changes goes out, and the token for the next question."""

    cards: Sequence[Card]
    gone: Sequence[int]
    token: str
    cut_off: bool


def parse_sync(root: Element, depth: str, *, minimal: bool) -> Sync:
    """Read a `sync-collection` report (section 3.2).

    Raises:
        Malformed: it is none.
        StaleToken: its token is of no form of ours.
    """
    # Clients of older drafts say by the depth what others say by the level.
    if parse_depth(depth, "0") == "infinity":
        raise Malformed("a sync-collection has Depth 0", where="Depth")
    level = root.first(d("sync-level"))
    if level is not None and level.text.strip() not in ("1", "infinite"):
        raise Malformed("a sync-level is 1 or infinite", where="body")
    token = root.first(d("sync-token"))
    if token is None:
        raise Malformed("a sync-collection has a sync-token, be it empty", where="body")
    limit = parse_limit(root, d("limit"), d("nresults"))
    return Sync(parse_wanted(root, minimal=minimal), parse_position(token.text.strip()), limit)


def parse_position(uri: str) -> Position:
    """Read a token.

    Raises:
        StaleToken: it has no form of ours.
    """
    if not uri:
        return Position()
    match = _TOKEN.fullmatch(uri.removeprefix(TOKEN_PREFIX))
    if match is None or not uri.startswith(TOKEN_PREFIX):
        raise StaleToken
    state = f"{match['holding']}.{match['revision']}"
    if match["after"] is None:
        return Position(state)
    since = f"{match['holding']}.{match['since']}" if match["since"] else None
    return Position(since, state, int(match["after"]))


def token_uri(sync: str) -> str:
    """Return the pipeline's token as a URI."""
    return TOKEN_PREFIX + sync


def page_of(answer: Cards, position: Position, limit: int | None) -> Page:
    """Cut what there is to the page that a client wants.

    Raises:
        StaleToken: the page before was of another holding, or of a state that there never was.
    """
    if position.target and not _is_reached(position.target, answer.sync):
        raise StaleToken
    target = position.target or answer.sync
    cards = sorted(card for card in answer.cards if card.person_id > position.after)
    gone = sorted(person_id for person_id in answer.gone if person_id > position.after)
    if limit is None or len(cards) + len(gone) <= limit:
        return Page(cards, gone, token_uri(target), cut_off=False)
    last = sorted([*(card.person_id for card in cards), *gone])[limit - 1]
    return Page(
        [card for card in cards if card.person_id <= last],
        [person_id for person_id in gone if person_id <= last],
        f"{token_uri(target)}:{(position.since or '').rpartition('.')[2]}:{last}",
        cut_off=True,
    )


def _is_reached(target: str, sync: str) -> bool:
    """Tell whether a state is one that the holding has had."""
    holding, _, revision = target.rpartition(".")
    current, _, reached = sync.rpartition(".")
    return holding == current and int(revision) <= int(reached)
