"""The JSON of a "Download your information" export: only the keys that the importer takes.

Typed decoding passes over all else without building it, so a hostile file costs its own length and
no more. Three layouts differ in key names (`friends`, `friends_v2`) and in whether a file is a bare
list; each shape here takes all. What is not declared is never read: tags, partners, relatives,
contact details of friends, pending requests.
"""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from bailment.model.errors import Malformed

UnixSeconds = Annotated[int, Meta(ge=0, le=4_102_444_800)]
T = TypeVar("T")


class Entry(msgspec.Struct):
    """A friend or a liked page: a name and when. A closed account has no name."""

    name: str | None = None
    timestamp: UnixSeconds | None = None


class FriendsFile(msgspec.Struct):
    """`friends` to 2019, `friends_v2` since."""

    friends: list[Entry] | None = None
    friends_v2: list[Entry] | None = None


class LikesFile(msgspec.Struct):
    """`page_likes` to 2019, `page_likes_v2` since."""

    page_likes: list[Entry] | None = None
    page_likes_v2: list[Entry] | None = None


class PostPart(msgspec.Struct):
    """One part of a post; parts without text carry other things."""

    post: str | None = None


class Post(msgspec.Struct):
    """A post; title and tags name other people and are not read."""

    timestamp: UnixSeconds | None = None
    data: list[PostPart] | None = None


class PostsFile(msgspec.Struct):
    """The layout of 2018-19; later files are a bare list of posts."""

    status_updates: list[Post] | None = None


class FullName(msgspec.Struct):
    """A person's name."""

    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Emails(msgspec.Struct):
    """Only current addresses are read."""

    emails: list[str] | None = None


class Phone(msgspec.Struct):
    """A phone number."""

    phone_number: str | None = None


class Day(msgspec.Struct):
    """A calendar day whose year may be missing."""

    month: int
    day: int
    year: int | None = None


class Gender(msgspec.Struct):
    """The chosen gender."""

    gender_option: str | None = None


class NamedItem(msgspec.Struct):
    """Anything with a name: a place, a language, a view."""

    name: str | None = None


class Relationship(msgspec.Struct):
    """The partner is not declared here, hence not read."""

    status: str | None = None
    timestamp: UnixSeconds | None = None


class School(msgspec.Struct):
    """One school."""

    name: str | None = None
    degree: str | None = None
    concentrations: list[str] | None = None
    start_timestamp: int | None = None
    end_timestamp: int | None = None


class Job(msgspec.Struct):
    """One employment."""

    employer: str | None = None
    title: str | None = None
    location: str | None = None
    start_timestamp: int | None = None
    end_timestamp: int | None = None


class Website(msgspec.Struct):
    """One address."""

    address: str | None = None


class Profile(msgspec.Struct):
    """The profile; everything is optional, and older files write some items as plain text."""

    name: FullName | str | None = None
    emails: Emails | list[str] | None = None
    phone_numbers: list[Phone | str] | None = None
    birthday: Day | None = None
    gender: Gender | str | None = None
    current_city: NamedItem | str | None = None
    hometown: NamedItem | str | None = None
    relationship: Relationship | None = None
    education_experiences: list[School] | None = None
    work_experiences: list[Job] | None = None
    languages: list[NamedItem | str] | None = None
    political_view: list[NamedItem] | NamedItem | str | None = None
    religious_view: list[NamedItem] | NamedItem | str | None = None
    websites: list[Website | str] | None = None
    registration_timestamp: UnixSeconds | None = None


class ProfileFile(msgspec.Struct):
    """`profile` to 2019, `profile_v2` since."""

    profile: Profile | None = None
    profile_v2: Profile | None = None


def decode(raw_json: bytes, shape: type[T], where: str) -> T:
    """Decode one file.

    Raises:
        Malformed: it is not JSON, not UTF-8, nested too deeply, or not of this shape.
    """
    decoded: T = _decode(raw_json, shape, where)
    return decoded


def decode_posts(raw_json: bytes, where: str) -> list[Post]:
    """Decode a file of posts, which is a bare list in the later layouts.

    Raises:
        Malformed: as `decode`.
    """
    file: list[Post] | PostsFile = _decode(raw_json, list[Post] | PostsFile, where)
    return file if isinstance(file, list) else file.status_updates or []


def _decode(raw_json: bytes, shape: Any, where: str) -> Any:  # noqa: ANN401 - a union is no `type[T]`
    """Decode to a shape, turning every way to fail into Malformed."""
    try:
        return msgspec.json.decode(raw_json, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The causes' messages may repeat content, so they are not chained.
        raise Malformed("the JSON cannot be understood", where=where) from None
