"""A phone's state on disk, and the one way to bring it up to date.

The state is one JSON file: where the gateway is, what the phone is there, and its address book. It is
replaced whole after each sync, so friends and sync token always belong together. A crash before that
loses nothing: the next sync asks from the token that is still there, and gets the same changes again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bailment.model.errors import Malformed
from bailment.phone.address_book import AddressBook
from bailment.phone.client import Changes, PhoneClient, Shown
from bailment.phone.files import read_private, write_private
from bailment.phone.problems import NotShown, SyncTokenStale

FORM = 1


@dataclass(frozen=True, slots=True)
class PhoneState:
    """An enrolled phone: `build` is as this client declares it; `expires_at` is the token's end, Unix s.

    `client_id` and `refresh_token` are set where the phone got its grant by OAuth.
    """

    url: str
    build: str
    device_id: str
    token: str
    expires_at: int
    book: AddressBook = field(default_factory=AddressBook)
    client_id: str = ""
    refresh_token: str = ""


@dataclass(frozen=True, slots=True)
class Synced:
    """A sync's outcome: the new state and the answers it came from; `me` is None when nothing is shown."""

    state: PhoneState
    me: Shown | None
    me_receipt: str
    changes: Changes


def sync_state(state: PhoneState, client: PhoneClient) -> Synced:
    """Read what changed and return the new state; nothing is stored here.

    A sync token that the gateway no longer knows is no error: the whole list is read instead.

    Raises:
        GatewayProblem: a refusal.
        Unavailable: no answer.
    """
    book = state.book
    me: Shown | None = None
    try:
        me = client.me(book.me_etag)
        book, receipt = book.with_me(me), me.receipt
    except NotShown as problem:
        book, receipt = book.without_me(), problem.receipt
    changes = _changes(book.sync, client)
    return Synced(replace(state, book=book.with_changes(changes)), me, receipt, changes)


def _changes(since: str, client: PhoneClient) -> Changes:
    if since:
        try:
            return client.sync(since)
        except SyncTokenStale:
            pass
    return client.friends()


def load_state(path: Path) -> PhoneState | None:
    """Read the state file, None when there is none.

    Raises:
        Malformed: it is not a phone's state.
        Unavailable: it cannot be read.
    """
    raw = read_private(path)
    if raw is None:
        return None
    try:
        return _parse(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed("not a phone's state", where=path.name) from error


def store_state(path: Path, state: PhoneState) -> None:
    """Replace the state file durably, mode 0600.

    Raises:
        Unavailable: it cannot be written; the old state stands.
    """
    document = {"form": FORM, **asdict(state)}
    write_private(path, json.dumps(document, ensure_ascii=False, indent=1).encode())


def _parse(document: Mapping[str, Any]) -> PhoneState:
    if document["form"] != FORM:
        raise ValueError("another form of state")
    book = document["book"]
    friends = {str(person_id): dict(item) for person_id, item in book["friends"].items()}
    me = None if book["me"] is None else dict(book["me"])
    return PhoneState(
        str(document["url"]),
        str(document["build"]),
        str(document["device_id"]),
        str(document["token"]),
        int(document["expires_at"]),
        AddressBook(me, str(book["me_etag"]), friends, str(book["sync"])),
        str(document.get("client_id", "")),
        str(document.get("refresh_token", "")),
    )
