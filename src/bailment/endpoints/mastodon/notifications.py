"""Notifications: who liked or answered one's statuses. They are read from those, so none can be dismissed."""

from bailment.endpoints.mastodon.call import Call, Row, Table, json_response
from bailment.endpoints.mastodon.errors import JSON, absent_response, receipt_field, refusal_response
from bailment.endpoints.mastodon.paging import MOST_NOTIFICATIONS, parse_page
from bailment.endpoints.wire import Response
from bailment.model.answers import Posts
from bailment.model.posts import MOST_ID, Page, Want, Wish

KINDS = ("favourite", "mention")


def _kinds(call: Call) -> tuple[str, ...]:
    """Return the kinds that are asked for; a client names kinds that the platform does not have, too."""
    wanted, unwanted = call.parameters.texts("types"), call.parameters.texts("exclude_types")
    return tuple(kind for kind in KINDS if (not wanted or kind in wanted) and kind not in unwanted)


async def _notifications(call: Call) -> Response:
    kinds = _kinds(call)
    page = parse_page(call.parameters, MOST_NOTIFICATIONS, 40)
    account = call.parameters.text("account_id")
    if not kinds or account:
        return json_response(b"[]")  # By person there is no list of them: no client asks for one.
    wish = Wish(Want.NOTICES, page=page, kinds=kinds)
    return await call.page(
        wish, lambda posts: b"[%b]" % b",".join(call.speller.notifications(posts, call.token_hash))
    )


async def _notification(call: Call) -> Response:
    wish = Wish(Want.NOTICES, page=Page(max_id=min(call.id + 1, MOST_ID), min_id=call.id - 1, limit=1))
    answer = await call.api.disclose(call.caller.ask(wish)) if call.id else None
    if answer is None:
        return absent_response()
    if not isinstance(answer, Posts):
        return refusal_response(answer, call.api.origin)
    found = call.speller.notifications(answer, call.token_hash)
    receipt = receipt_field(answer.receipt)
    return json_response(found[0], receipt) if found else absent_response(receipt)


async def _dismiss(_call: Call) -> Response:
    """Take note, and keep nothing: what happened to a status stays true."""
    return Response(200, b"{}", [JSON])


NOTIFICATIONS: Table = {
    "/api/v1/notifications": {"GET": Row(_notifications)},
    "/api/v1/notifications/:id": {"GET": Row(_notification)},
    "/api/v1/notifications/clear": {"POST": Row(_dismiss)},
    "/api/v1/notifications/dismiss": {"POST": Row(_dismiss)},
    "/api/v1/notifications/:id/dismiss": {"POST": Row(_dismiss)},
}
