"""The JSON shape of each field's value, and the bounds on its size.

`check` is the one gate: rendering calls it, so nothing that is not of these shapes is stored. An
unknown field, an unknown key, a null, a date that is not in the calendar, or a text over its bound
is Malformed. Optional keys are left out where there is nothing to say.

What is left out on purpose, because it is somebody else's data and not this person's to lend: the
partner in a relationship, people tagged in a status or photo, relatives.

Link fields take `http` and `https` only, so that no page that shows one runs a script from it.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bailment.model.errors import Malformed
from bailment.model.people import JsonValue
from bailment.people.times import BIRTHDAY_PATTERN, INSTANT_PATTERN, check_birthday, check_instant

MAX_LABEL_CHARS = 500
MAX_TEXT_CHARS = 65_536  # a post of the platform in the model case holds 63,206 characters
MAX_URL_CHARS = 2_048
MAX_FEW = 50
MAX_MANY = 1_000

Label = Annotated[str, Meta(min_length=1, max_length=MAX_LABEL_CHARS)]
Text = Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]
Url = Annotated[str, Meta(max_length=MAX_URL_CHARS, pattern=r"^https?://[^\s<>\"]+\Z")]
Instant = Annotated[str, Meta(pattern=INSTANT_PATTERN)]
Birthday = Annotated[str, Meta(pattern=BIRTHDAY_PATTERN)]
Period = Annotated[str, Meta(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z")]
FewLabels = Annotated[list[Label], Meta(max_length=MAX_FEW)]
ManyLabels = Annotated[list[Label], Meta(max_length=MAX_MANY)]


class _Shape(msgspec.Struct, forbid_unknown_fields=True):
    """Base of the shapes: a key that is not declared is refused."""


class Name(_Shape):
    """`native` is the name in its own script where `full` is a romanised form."""

    full: Label
    given: Label | UnsetType = UNSET
    family: Label | UnsetType = UNSET
    native: Label | UnsetType = UNSET


class Photo(_Shape):
    """A picture by address; the picture itself is not stored here."""

    url: Url
    at: Instant | UnsetType = UNSET


class Named(_Shape):
    """Something that is only named: a religion, a political view."""

    name: Label


class Place(_Shape):
    """`id` is the platform's own number of the place."""

    name: Label
    id: int | UnsetType = UNSET


class Work(_Shape):
    """`from` and `to` are YYYY, YYYY-MM or YYYY-MM-DD."""

    employer: Label
    title: Label | UnsetType = UNSET
    location: Label | UnsetType = UNSET
    from_: Period | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Period | UnsetType = UNSET


class Education(_Shape):
    """`from` and `to` are as in `Work`; a class year is the `to`."""

    school: Label
    degree: Label | UnsetType = UNSET
    subjects: FewLabels | UnsetType = UNSET
    from_: Period | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Period | UnsetType = UNSET


class Relationship(_Shape):
    """The partner's name is somebody else's data: there is no key for it."""

    status: Label
    since: Period | UnsetType = UNSET


class Like(_Shape):
    """A thing liked, and when."""

    name: Label
    at: Instant | UnsetType = UNSET


class Status(_Shape):
    """One status update."""

    text: Text
    at: Instant


class PersonValues(_Shape):
    """Every field by its name in `bailment.model.fields`; all may be absent."""

    name: Name | UnsetType = UNSET
    photo: Photo | UnsetType = UNSET
    email: FewLabels | UnsetType = UNSET
    phone: FewLabels | UnsetType = UNSET
    birthday: Birthday | UnsetType = UNSET
    hometown: Place | UnsetType = UNSET
    city: Place | UnsetType = UNSET
    work: Annotated[list[Work], Meta(max_length=MAX_FEW)] | UnsetType = UNSET
    education: Annotated[list[Education], Meta(max_length=MAX_FEW)] | UnsetType = UNSET
    relationship: Relationship | UnsetType = UNSET
    likes: Annotated[list[Like], Meta(max_length=MAX_MANY)] | UnsetType = UNSET
    statuses: Annotated[list[Status], Meta(max_length=MAX_MANY)] | UnsetType = UNSET
    photos: Annotated[list[Photo], Meta(max_length=MAX_MANY)] | UnsetType = UNSET
    religion: Named | UnsetType = UNSET
    politics: Named | UnsetType = UNSET
    gender: Label | UnsetType = UNSET
    languages: FewLabels | UnsetType = UNSET
    websites: Annotated[list[Url], Meta(max_length=MAX_FEW)] | UnsetType = UNSET
    interests: ManyLabels | UnsetType = UNSET
    joined: Instant | UnsetType = UNSET


def check(values: Mapping[str, JsonValue]) -> None:
    """Raise Malformed unless every value has its field's shape.

    `where` is the path of the first fault, made of our own key names and list positions.
    """
    try:
        shaped = msgspec.convert(values, PersonValues)
    except msgspec.ValidationError as error:
        raise _without_data(error) from None
    _check_calendar(shaped)


def _without_data(error: msgspec.ValidationError) -> Malformed:
    """Return our error for msgspec's, whose message may repeat a key that the caller sent."""
    message, _, path = str(error).partition(" - at `")
    if "unknown field" in message or not message.startswith("Expected"):
        message = "a key or value is not of the field's shape"
    return Malformed(message, where="values" + path.strip("`").removeprefix("$"))


def _check_calendar(shaped: PersonValues) -> None:
    """Check what a pattern cannot: that days and times exist."""
    if isinstance(shaped.birthday, str):
        check_birthday(shaped.birthday)
    if isinstance(shaped.joined, str):
        check_instant(shaped.joined)
    for dated in (shaped.likes, shaped.statuses, shaped.photos):
        for item in dated or ():
            if isinstance(item.at, str):
                check_instant(item.at)
