"""What the platform does not have, in the empty form that clients take for "there is none".

Nothing here tells of a person, so nothing is disclosed. A change that would have no effect is refused with
its reason; only what a client sends to keep its own place (markers) is accepted and not kept.
"""

from urllib.parse import quote

import msgspec

from bailment.endpoints.mastodon.call import Call, Handler, Row, Table, json_response
from bailment.endpoints.mastodon.errors import absent_response, error_response, unsupported_response
from bailment.endpoints.wire import Response

_PREFERENCES = {
    "posting:default:visibility": "private",
    "posting:default:sensitive": False,
    "posting:default:language": None,
    "reading:expand:media": "default",
    "reading:expand:spoilers": False,
    "reading:autoplay:gifs": False,
}
_LISTS = (
    "/api/v1/timelines/public",
    "/api/v1/timelines/tag/:id",
    "/api/v1/lists",
    "/api/v1/filters",
    "/api/v2/filters",
    "/api/v1/announcements",
    "/api/v1/conversations",
    "/api/v1/follow_requests",
    "/api/v1/mutes",
    "/api/v1/blocks",
    "/api/v1/domain_blocks",
    "/api/v1/followed_tags",
    "/api/v1/featured_tags",
    "/api/v1/featured_tags/suggestions",
    "/api/v1/suggestions",
    "/api/v2/suggestions",
    "/api/v1/scheduled_statuses",
    "/api/v1/endorsements",
    "/api/v1/directory",
    "/api/v1/accounts/familiar_followers",
    "/api/v1/accounts/:id/lists",
    "/api/v1/accounts/:id/featured_tags",
    "/api/v1/accounts/:id/identity_proofs",
    "/api/v1/statuses/:id/reblogged_by",
    "/api/v1/trends",
    "/api/v1/trends/tags",
    "/api/v1/trends/statuses",
    "/api/v1/trends/links",
)
_MOST_TAG = 100
_AT_THE_PLATFORM = "friendships are made, ended and narrowed at the platform, not by a device"
_NO_LISTS = "the platform has no lists"
_NO_FILTERS = "the platform has no filters"
_NO_TAGS = "the platform has no tags"
_REFUSED = {
    "/api/v1/accounts": ("POST", "an account is opened at the platform"),
    "/api/v1/accounts/update_credentials": ("PATCH", "a profile is changed at the platform"),
    **{
        f"/api/v1/accounts/:id/{deed}": ("POST", _AT_THE_PLATFORM)
        for deed in ("follow", "unfollow", "block", "unblock", "mute", "unmute", "pin", "unpin", "note")
    },
    "/api/v1/accounts/:id/remove_from_followers": ("POST", _AT_THE_PLATFORM),
    "/api/v1/lists": ("POST", _NO_LISTS),
    "/api/v1/filters": ("POST", _NO_FILTERS),
    "/api/v2/filters": ("POST", _NO_FILTERS),
    "/api/v1/featured_tags": ("POST", _NO_TAGS),
    "/api/v1/tags/:id/follow": ("POST", _NO_TAGS),
    "/api/v1/tags/:id/unfollow": ("POST", _NO_TAGS),
    "/api/v1/domain_blocks": ("POST", "there is one server"),
    "/api/v1/reports": ("POST", "a report is made at the platform"),
}


def _always(body: bytes) -> Handler:
    async def handle(_call: Call) -> Response:
        return json_response(body)

    return handle


def _refuses(reason: str) -> Handler:
    async def handle(_call: Call) -> Response:
        return unsupported_response(reason)

    return handle


async def _tag(call: Call) -> Response:
    """Describe a tag that nothing has: a client asks before it shows the empty list of what has it."""
    if not (call.raw_id.isprintable() and len(call.raw_id) <= _MOST_TAG):
        return absent_response()
    url = f"{call.api.origin}/tags/{quote(call.raw_id)}"
    document = {"name": call.raw_id, "url": url, "history": [], "following": False}
    return json_response(msgspec.json.encode(document))


async def _no_push(_call: Call) -> Response:
    return error_response(404, "Record not found", "there are no push messages here: ask, or stream")


def _table() -> Table:
    found: dict[str, dict[str, Row]] = {path: {"GET": Row(_always(b"[]"))} for path in _LISTS}
    for path, (method, reason) in _REFUSED.items():
        found.setdefault(path, {})[method] = Row(_refuses(reason), reads_body=False)
    found["/api/v1/tags/:id"] = {"GET": Row(_tag)}
    found["/api/v1/preferences"] = {"GET": Row(_always(msgspec.json.encode(_PREFERENCES)))}
    # A client's place in a timeline stays with the client.
    found["/api/v1/markers"] = {"GET": Row(_always(b"{}")), "POST": Row(_always(b"{}"))}
    push = Row(_no_push, reads_body=False)
    found["/api/v1/push/subscription"] = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), push)
    return found


EMPTY: Table = _table()
