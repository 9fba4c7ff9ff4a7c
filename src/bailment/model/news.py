"""What has just happened to statuses, as values: from the store to those who are connected.

Only ids are in it. What of it somebody may see is decided when it is told, see `disclosure.streams`.
"""

from enum import Enum
from typing import NamedTuple


class Happened(Enum):
    """What happened."""

    WRITTEN = "written"
    LIKED = "liked"
    REMOVED = "removed"


class News(NamedTuple):
    """Something that happened at `at_ms` (Unix ms): `item_id` is the status, or the like.

    `person_id` did it. `told_id` is whose status was answered or liked, 0 where it was nobody's.
    """

    happened: Happened
    item_id: int
    person_id: int
    told_id: int
    at_ms: int


class Telling(Enum):
    """As what somebody is told of it."""

    STATUS = "status"
    MENTION = "mention"
    FAVOURITE = "favourite"
    REMOVAL = "removal"


class Told(NamedTuple):
    """Something that one person is to be told: `item_id` is that of the news."""

    telling: Telling
    item_id: int
