"""What a disclosure answers: a value for each outcome, never an exception for a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bailment.model.posts import Album, MediaRow, Notice, PersonView, Post


@dataclass(frozen=True, slots=True)
class Disclosed:
    """An answer that was recorded and may leave.

    `receipt` is the 32-byte commitment by which its entry is found in the ledger. `body` is JSON.
    """

    body: bytes
    etag: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class NotModified:
    """The caller holds this already; recorded as a disclosure too."""

    etag: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing to show: the same whether the person does not exist, is no friend, or lets nothing through."""

    receipt: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal about the partner: which rule, and how to mend it."""

    rule: str
    remedy: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """The token, or where `proof` says so the proof, is not good; only the replay mark was recorded."""

    reason: str
    proof: bool = False


@dataclass(frozen=True, slots=True)
class StaleSync:
    """The sync token is not one of this device's: read the whole list again."""


class Card(NamedTuple):
    """A friend as a vCard: `etag` quoted, `text` as XML character data with lines that end in CRLF."""

    person_id: int
    etag: bytes
    text: bytes


@dataclass(frozen=True, slots=True)
class Cards:
    """Friends as cards; of those who were asked for and do not stand here there is nothing to show.

    `gone` are the ids of those to forget, `sync` the token from which changes can be asked for, "" after
    an answer about single friends.
    """

    cards: Sequence[Card]
    gone: Sequence[int]
    sync: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Posts:
    """Statuses and the people behind them, as far as the device may see them.

    `people` has everybody who stands in the answer, the device's user `me` too. `order` are the persons of
    a list of accounts. `cursors` are the ids by which the items of a list are paged, in its order; they are
    of all that was looked through, also where some of it may not be seen. `before` and `after` are the
    answers around a status. `friends` is of how many friends the account may be seen; it is told to nobody
    but who asks for their own account, and 0 otherwise.
    """

    me: int
    people: Mapping[int, PersonView]
    posts: Sequence[Post]
    receipt: bytes
    order: Sequence[int] = ()
    cursors: Sequence[int] = ()
    before: Sequence[Post] = ()
    after: Sequence[Post] = ()
    notices: Sequence[Notice] = ()
    media: MediaRow | None = None
    friends: int = 0
    albums: Sequence[Album] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Something was written and recorded.

    `what` names the deed, `item` is the id of what it made or is about; `is_new` is False where everything
    was so already. `posts` shows the status, picture or album that it is about, None where there is none or
    it may not be read. Who adds a picture knows it already and is shown nothing.
    """

    what: str
    item: str
    is_new: bool
    receipt: bytes
    posts: Posts | None


Answer = Disclosed | NotModified | Absent | Refused | Unauthorized | StaleSync | Cards | Posts | Written
