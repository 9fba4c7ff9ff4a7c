"""The entities of the protocol as JSON: values in, values out. Pure; `spelling.py` turns them into bytes.

The rules it enforces:

1. A field of a person that may not be seen looks like one that is not there: a neutral name, the built-in
   picture, the first of days. Ids are the platform's numbers, and `acct` is the same: nobody has a handle.
2. No count tells what may not be seen. Counts of friends stand in one's own account alone; those of statuses
   nowhere.
3. A status says who operates the app that wrote it, whatever that app calls itself.

Source: docs.joinmastodon.org/entities/, as of Mastodon 4.2; what the platform does not have is empty or null.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bailment.endpoints.mastodon.text import html_of
from bailment.model.posts import MediaRow, Notice, PersonView, StatusRow, instant_of_id
from bailment.people.times import instant_of_unix_ms

Json = dict[str, Any]

NOBODY = "Somebody"
UNKNOWN_DAY = "1970-01-01T00:00:00.000Z"
AVATAR_PATH = "/avatars/original/missing.png"
HEADER_PATH = "/headers/original/missing.png"


class _Name(msgspec.Struct):
    full: str


class _Photo(msgspec.Struct):
    url: str


class _Shown(msgspec.Struct):
    """What of a person's fields an account has a place for."""

    name: _Name | None = None
    photo: _Photo | None = None
    joined: str = UNKNOWN_DAY


def account(origin: str, person_id: int, view: PersonView | None) -> Json:
    """Return an Account of which nothing is told but what `view` shows."""
    shown = msgspec.json.decode(b"{%b}" % (view.fragments if view else b""), type=_Shown)
    avatar = shown.photo.url if shown.photo else origin + AVATAR_PATH
    name = str(person_id)
    return {
        "id": name,
        "username": name,
        "acct": name,
        "display_name": shown.name.full if shown.name else NOBODY,
        "locked": True,
        "bot": False,
        "discoverable": False,
        "indexable": False,
        "group": False,
        "created_at": shown.joined,
        "note": "",
        "url": f"{origin}/@{name}",
        "uri": f"{origin}/@{name}",
        "avatar": avatar,
        "avatar_static": avatar,
        "header": origin + HEADER_PATH,
        "header_static": origin + HEADER_PATH,
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": 0,
        "last_status_at": None,
        "hide_collections": True,
        "noindex": True,
        "emojis": [],
        "roles": [],
        "fields": [],
    }


def own_account(origin: str, person_id: int, view: PersonView | None, friends: int) -> Json:
    """Return the Account of the device's user as they see it themselves (CredentialAccount)."""
    source = {
        "privacy": "private",
        "sensitive": False,
        "language": None,
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
    }
    role = {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}
    counted = {"followers_count": friends, "following_count": friends}
    return {**account(origin, person_id, view), **counted, "source": source, "role": role}


def status(origin: str, row: StatusRow) -> Json:
    """Return what of a Status is the same whoever sees it, and is never changed."""
    address = f"{origin}/@{row.person_id}/{row.status_id}"
    return {
        "id": str(row.status_id),
        "created_at": instant_of_unix_ms(instant_of_id(row.status_id)),
        "edited_at": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "private",
        "language": None,
        "uri": address,
        "url": address,
        "content": html_of(row.text),
        "application": application(row),
        "reblog": None,
        "reblogs_count": 0,
        "reblogged": False,
        "muted": False,
        "mentions": [],
        "tags": [],
        "emojis": [],
        "filtered": [],
        "card": None,
        "poll": None,
    }


def application(row: StatusRow) -> Json | None:
    """Return the Application of a status: who really operates it; None for what came with an import."""
    if not row.via:
        return None
    operated = f"{row.via_name or row.via} ({row.via_operator})" if row.via_operator else row.via_name
    name = f"{row.app} via {operated}" if row.app else operated
    return {"name": name or row.via, "website": None}


def attachment(media: MediaRow, url: str, preview_url: str) -> Json:
    """Return a MediaAttachment."""
    return {
        "id": media.media_id,
        "type": "image",
        "url": url,
        "preview_url": preview_url,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {
            "original": _size(media.width, media.height),
            "small": _size(media.thumbnail_width, media.thumbnail_height),
        },
        "description": media.description or None,
        "blurhash": None,
    }


def _size(width: int, height: int) -> Json:
    aspect = width / height if height else 1
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": aspect}


def notification(notice: Notice) -> Json:
    """Return a Notification without its account and status, which stand at its end."""
    return {
        "id": str(notice.notice_id),
        "type": notice.kind,
        "created_at": instant_of_unix_ms(instant_of_id(notice.notice_id)),
        "group_key": f"ungrouped-{notice.notice_id}",
    }


def relationships(person_ids: Sequence[int], me: int) -> list[Json]:
    """Return the Relationship to each person: a friendship goes both ways, and there is nothing else."""
    return [_relationship(person_id, is_friend=person_id != me) for person_id in person_ids]


def _relationship(person_id: int, *, is_friend: bool) -> Json:
    never = (
        "notifying",
        "blocking",
        "blocked_by",
        "muting",
        "muting_notifications",
        "requested",
        "requested_by",
        "domain_blocking",
        "endorsed",
    )
    friendship = {"following": is_friend, "followed_by": is_friend, "showing_reblogs": False}
    return {
        "id": str(person_id),
        **friendship,
        **dict.fromkeys(never, False),
        "languages": None,
        "note": "",
    }


def source(row: StatusRow) -> Json:
    """Return a StatusSource."""
    return {"id": str(row.status_id), "text": row.text, "spoiler_text": ""}


def edit(entity: Mapping[str, Any]) -> Json:
    """Return the only StatusEdit of a Status: nothing is ever edited."""
    kept = ("content", "spoiler_text", "sensitive", "created_at", "account", "media_attachments", "emojis")
    return {**{name: entity[name] for name in kept}, "poll": None}
