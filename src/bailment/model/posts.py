"""Statuses, likes of them, pictures and albums, as values: what is asked for, and what stands in the store.

A status's id tells its instant: Unix milliseconds times 2**20, plus a number that keeps ids apart. So ids
sort as time does, and a page of a timeline is a range of ids. Instants are Unix ms, UTC.

What is somebody else's is not lent here either: a status of a friend can be answered and liked, and never
passed on, because that would show it to friends of friends. To share is to show an album of one's own
pictures to friends whom one chooses.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from bailment.model.errors import Malformed
from bailment.model.withholding import Withheld

ID_BITS = 20
MOST_ID = 2**63 - 1
MOST_PAGE = 80
MAX_STATUS_CHARS = 5_000
MAX_DESCRIPTION_CHARS = 1_500
MAX_MEDIA = 4
MAX_TITLE_CHARS = 200
# Of one album, and of those with whom it is shared.
MAX_ALBUM = 500


def first_id_at(at_ms: int) -> int:
    """Return the lowest id of an instant."""
    return min(max(at_ms, 0) << ID_BITS, MOST_ID)


def instant_of_id(status_id: int) -> int:
    """Return the instant that an id tells, in Unix ms."""
    return status_id >> ID_BITS


class Want(Enum):
    """What is read of statuses and the people behind them; each is recorded by its value."""

    HOME = "home timeline"
    OF_PERSON = "statuses of one person"
    STATUS = "one status"
    GONE = "a status that was deleted"
    CONTEXT = "answers around a status"
    LIKED = "statuses that were liked"
    BOOKMARKED = "statuses that were marked"
    LIKERS = "who liked a status"
    PEOPLE = "accounts"
    FRIENDS = "accounts of friends"
    FOUND = "accounts by name"
    NOTICES = "notifications"
    MEDIA = "one picture"
    ALBUMS = "albums"
    ALBUM = "one album"


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list of ids: below `max_id`, above `since_id` the newest, or above `min_id` the oldest."""

    max_id: int = MOST_ID
    since_id: int = 0
    min_id: int | None = None
    limit: int = 20

    def __post_init__(self) -> None:
        """Check the limit."""
        if not 1 <= self.limit <= MOST_PAGE:
            raise Malformed(f"a page has 1 to {MOST_PAGE} items", where="limit")

    @property
    def above(self) -> int:
        """The id above which it begins."""
        return self.since_id if self.min_id is None else max(self.since_id, self.min_id)


@dataclass(frozen=True, slots=True)
class Wish:
    """One question about statuses: what, of whom or about which, and which page of it.

    `text` is looked for in names. `kinds` narrows what is listed: notifications to these kinds of theirs, a
    person's statuses to those that are `original` (no answers), or have `media`, or both.
    """

    want: Want
    person_ids: tuple[int, ...] = ()
    status_id: int = 0
    media_id: str = ""
    album_id: int = 0
    page: Page = field(default_factory=Page)
    text: str = ""
    kinds: tuple[str, ...] = ()


class StatusRow(NamedTuple):
    """A status as it stands. `via` is the integration that wrote it, "" for what came with an import.

    `app` is the name under which its client registered, `via_name` and `via_operator` are the names of the
    integration and of the partner who operates it; `media` are ids joined with single spaces.
    """

    status_id: int
    person_id: int
    text: str
    reply_to: int | None
    media: str
    via: str = ""
    app: str = ""
    via_name: str = ""
    via_operator: str = ""


class LikeRow(NamedTuple):
    """A like: `like_id` tells its instant as a status's id does."""

    like_id: int
    status_id: int
    person_id: int


class MediaRow(NamedTuple):
    """A picture: what is shown of it, and the SHA-256 of its files.

    `kept` is the JSON of what its person kept of its metadata on purpose, `status_id` the status that shows
    it, None while none does. Where `withheld` stands, nothing of the picture does: no files, no description.
    """

    media_id: str
    person_id: int
    digest: bytes
    media_type: str
    width: int
    height: int
    thumbnail: bytes
    thumbnail_width: int
    thumbnail_height: int
    description: str
    kept: str
    added_at: int
    status_id: int | None = None
    withheld: Withheld | None = None


class AlbumRow(NamedTuple):
    """An album: its id tells its instant as a status's does, `pictures` is how many it holds.

    `media` are their ids joined with single spaces: all of them, or the first alone in a list.
    """

    album_id: int
    person_id: int
    title: str
    pictures: int = 0
    media: str = ""


class ShareRow(NamedTuple):
    """With whom an album is shared: `since` tells during which friendship, by when that one began."""

    album_id: int
    person_id: int
    since: str


class PersonView(NamedTuple):
    """A person as far as a device may see them: `fragments` are the members of a JSON object, by `mask`."""

    person_id: int
    version: int
    mask: int
    fragments: bytes
    since: str = ""


class Post(NamedTuple):
    """A status as far as a device may see it: counts are of those likes and answers that it may see too.

    `reply_to_person` is whose status it answers, None where that may not be seen. Where `withheld` stands,
    the status has no text: `withholding.notice_text` says what is to be shown in its place.
    """

    status: StatusRow
    likes: int
    replies: int
    is_liked: bool
    is_marked: bool
    media: tuple[MediaRow, ...]
    reply_to_person: int | None = None
    withheld: Withheld | None = None


class Album(NamedTuple):
    """An album as far as a device may see it; `shared` are friends, told to nobody but the album's person."""

    album: AlbumRow
    media: tuple[MediaRow, ...]
    shared: tuple[int, ...] = ()


class Notice(NamedTuple):
    """Something that happened to a status of the device's user: who liked or answered it."""

    notice_id: int
    kind: str
    person_id: int
    status_id: int


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A status to post: `key` is the client's idempotency key, "" without one; see `disclosure.writing`."""

    text: str
    reply_to: int | None = None
    media_ids: tuple[str, ...] = ()
    key: str = ""

    def __post_init__(self) -> None:
        """Check that there is something to post, and not too much of it."""
        if not self.text.strip() and not self.media_ids:
            raise Malformed("a status has a text or a picture", where="status")
        if len(self.text) > MAX_STATUS_CHARS or "\0" in self.text:
            raise Malformed(f"a status has at most {MAX_STATUS_CHARS} characters", where="status")
        if len(self.media_ids) > MAX_MEDIA or len(set(self.media_ids)) < len(self.media_ids):
            raise Malformed(f"a status shows at most {MAX_MEDIA} pictures, each once", where="media_ids")


@dataclass(frozen=True, slots=True)
class RemoveStatus:
    """A status of one's own to delete."""

    status_id: int


@dataclass(frozen=True, slots=True)
class Like:
    """A status to like, or to like no longer."""

    status_id: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A status to mark for oneself, or to mark no longer; nobody else sees it."""

    status_id: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class AddMedia:
    """A picture that was taken in, and whose files are kept already; `person_id` 0 stands for the writer."""

    row: MediaRow


@dataclass(frozen=True, slots=True)
class DescribeMedia:
    """A description for a picture of one's own."""

    media_id: str
    description: str

    def __post_init__(self) -> None:
        """Check its length."""
        if len(self.description) > MAX_DESCRIPTION_CHARS or "\0" in self.description:
            raise Malformed(
                f"a description has at most {MAX_DESCRIPTION_CHARS} characters", where="description"
            )


@dataclass(frozen=True, slots=True)
class NewAlbum:
    """An album to make, with nothing in it and shared with nobody."""

    title: str

    def __post_init__(self) -> None:
        """Check its title."""
        if not self.title.strip() or len(self.title) > MAX_TITLE_CHARS or "\0" in self.title:
            raise Malformed(f"an album has a title of at most {MAX_TITLE_CHARS} characters", where="title")


@dataclass(frozen=True, slots=True)
class RemoveAlbum:
    """An album of one's own to delete; its pictures stay where statuses and other albums show them."""

    album_id: int


@dataclass(frozen=True, slots=True)
class PutPhoto:
    """A picture of one's own to put into an album of one's own, or to take out."""

    album_id: int
    media_id: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ShareAlbum:
    """An album of one's own to share with a friend, or to share no longer."""

    album_id: int
    friend_id: int
    is_on: bool


Deed = (
    NewStatus
    | RemoveStatus
    | Like
    | Mark
    | AddMedia
    | DescribeMedia
    | NewAlbum
    | RemoveAlbum
    | PutPhoto
    | ShareAlbum
)
