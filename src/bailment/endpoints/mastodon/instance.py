"""What the server says of itself: honest limits, and no figures about people. Public and always the same."""

from typing import Any
from urllib.parse import urlsplit

from bailment import __version__
from bailment.endpoints.mastodon.entities import HEADER_PATH, Json
from bailment.model.posts import MAX_DESCRIPTION_CHARS, MAX_MEDIA, MAX_STATUS_CHARS
from bailment.people.picture_frames import MAX_BYTES, MAX_PIXELS

# Clients compare the number with that of the Mastodon that has what they use.
VERSION = f"4.2.0 (compatible; Bailment {__version__})"
TITLE = "Bailment"
DESCRIPTION = (
    "A platform's friends, statuses and photos, lent to your device on terms: every answer is decided field "
    "by field and recorded before it leaves."
)
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
# What Mastodon counts an address as; a client that counts so may write a little less or more than is taken.
_URL_CHARS = 23


def instance_v1(origin: str) -> Json:
    """Return the V1::Instance."""
    return {
        "uri": urlsplit(origin).netloc,
        "title": TITLE,
        "short_description": DESCRIPTION,
        "description": DESCRIPTION,
        "email": "",
        "version": VERSION,
        "urls": {"streaming_api": streaming_origin(origin)},
        "stats": {"user_count": 0, "status_count": 0, "domain_count": 1},
        "thumbnail": origin + HEADER_PATH,
        "languages": [],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": _configuration(),
        "contact_account": None,
        "rules": [],
    }


def instance_v2(origin: str) -> Json:
    """Return the Instance."""
    return {
        "domain": urlsplit(origin).netloc,
        "title": TITLE,
        "version": VERSION,
        "source_url": "",
        "description": DESCRIPTION,
        "usage": {"users": {"active_month": 0}},
        "thumbnail": {"url": origin + HEADER_PATH},
        "icon": [],
        "languages": [],
        "configuration": {
            "urls": {"streaming": streaming_origin(origin), "status": None},
            **_configuration(),
            "translation": {"enabled": False},
        },
        "registrations": {"enabled": False, "approval_required": False, "message": None, "url": None},
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def _configuration() -> dict[str, Any]:
    return {
        "accounts": {"max_featured_tags": 0, "max_pinned_statuses": 0},
        "statuses": {
            "max_characters": MAX_STATUS_CHARS,
            "max_media_attachments": MAX_MEDIA,
            "characters_reserved_per_url": _URL_CHARS,
        },
        "media_attachments": {
            "supported_mime_types": list(MEDIA_TYPES),
            "description_limit": MAX_DESCRIPTION_CHARS,
            "image_size_limit": MAX_BYTES,
            "image_matrix_limit": MAX_PIXELS,
            "video_size_limit": 0,
            "video_frame_rate_limit": 0,
            "video_matrix_limit": 0,
        },
        "polls": {
            "max_options": 0,
            "max_characters_per_option": 0,
            "min_expiration": 0,
            "max_expiration": 0,
        },
    }


def streaming_origin(origin: str) -> str:
    """Return where streaming is: the same host, over WebSocket."""
    return "ws" + origin.removeprefix("http")
