"""What one request may show, between the decision and its record."""

from collections.abc import Sequence
from dataclasses import dataclass

from bailment.disclosure.holdings import Update
from bailment.model.answers import Card, Posts
from bailment.model.fields import ALL_FIELDS


@dataclass(frozen=True, slots=True)
class Seen:
    """What one request may show, before it is recorded; without `body`, `cards` and `posts` it shows nothing.

    `served` is the bitmap of the holding's slots that the answer speaks of, `reasons` how often each
    `SETTING/AUDIENCE` pair occurred among those who were decided, `within` the fields that an answer of this
    form can hold.
    """

    body: bytes | None
    update: Update
    served: bytes = b""
    shown: int = 0
    withheld: int = 0
    reasons: tuple[tuple[bytes, int], ...] = ()
    etag: str = ""
    cards: Sequence[Card] | None = None
    gone: Sequence[int] = ()
    sync: str = ""
    posts: Posts | None = None
    within: int = ALL_FIELDS

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to show at all."""
        return self.body is None and self.cards is None and self.posts is None
