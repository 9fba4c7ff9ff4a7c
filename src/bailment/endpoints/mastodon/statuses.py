"""Statuses: reading, posting, deleting, liking, marking, and the lists of them."""

from functools import partial

import msgspec

from bailment.endpoints.mastodon import entities
from bailment.endpoints.mastodon.call import Call, Handler, Row, Table
from bailment.endpoints.mastodon.codec import parse_new_status
from bailment.endpoints.mastodon.errors import absent_response, unsupported_response
from bailment.endpoints.mastodon.paging import MOST_ACCOUNTS, MOST_STATUSES, parse_limit, parse_page
from bailment.endpoints.wire import Response
from bailment.model.answers import Posts, Written
from bailment.model.posts import Deed, Like, Mark, NewStatus, Page, RemoveStatus, StatusRow, Want, Wish


async def _list(want: Want, call: Call) -> Response:
    page = parse_page(call.parameters, MOST_STATUSES, 20)
    return await call.page(Wish(want, page=page), call.statuses)


async def _post(call: Call) -> Response:
    deed = parse_new_status(call.parameters, call.headers.get(b"idempotency-key"))
    if deed.reply_to == 0:
        return absent_response()
    return await call.write(deed, lambda written: _written(call, deed, written))


def _written(call: Call, deed: Deed, written: Written) -> bytes:
    """Spell the status that was written, or that something was done to."""
    if written.posts is not None and written.posts.posts:
        return call.status(written.posts)
    # It was written, and may not be read back: where writing is agreed and reading is not, or where an
    # idempotency key comes again and its status is gone. What is answered is what the device knows already.
    known = deed if isinstance(deed, NewStatus) else NewStatus("-")
    row = StatusRow(int(written.item), 0, known.text if known is deed else "", None, "")
    return msgspec.json.encode(
        {
            **entities.status(call.api.origin, row),
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "replies_count": 0,
            "favourites_count": 0,
            "favourited": isinstance(deed, Like) and deed.is_on,
            "bookmarked": isinstance(deed, Mark) and deed.is_on,
            "media_attachments": [],
            "account": entities.account(call.api.origin, 0, None),
        }
    )


async def _about(want: Want, call: Call) -> Response:
    """Answer a question about one status."""
    wish = Wish(want, status_id=call.id, page=Page(limit=parse_limit(call.parameters, MOST_ACCOUNTS, 40)))
    return await call.show(wish, partial(_SPELL[want], call))


_SPELL = {
    Want.STATUS: lambda call, posts: call.status(posts),
    Want.CONTEXT: lambda call, posts: call.speller.context(posts, call.token_hash),
    Want.LIKERS: lambda call, posts: call.speller.accounts(posts),
}


async def _source(call: Call) -> Response:
    wish = Wish(Want.STATUS, status_id=call.id)
    return await call.show(wish, lambda posts: msgspec.json.encode(entities.source(posts.posts[0].status)))


async def _history(call: Call) -> Response:
    def spell(posts: Posts) -> bytes:
        return call.speller.history(posts.posts[0], posts.people, call.token_hash)

    return await call.show(Wish(Want.STATUS, status_id=call.id), spell)


async def _delete(call: Call) -> Response:
    deed = RemoveStatus(call.id)

    def spell(written: Written) -> bytes:
        if written.posts is None or not written.posts.posts:
            return _written(call, deed, written)
        return call.speller.deleted(written.posts.posts[0], written.posts.people, call.token_hash)

    return await call.write(deed, spell)


def _does(kind: type[Like] | type[Mark], *, is_on: bool) -> Handler:
    async def handle(call: Call) -> Response:
        deed = kind(call.id, is_on)
        return await call.write(deed, lambda written: _written(call, deed, written))

    return handle


def _cannot(reason: str) -> Handler:
    async def handle(_call: Call) -> Response:
        return unsupported_response(reason)

    return handle


_NOT_YOURS = "what a friend shows you is not yours to pass on: it would reach friends of friends"
_NO_EDITS = "a status cannot be edited here: delete it and post it anew"

STATUSES: Table = {
    "/api/v1/timelines/home": {"GET": Row(partial(_list, Want.HOME))},
    "/api/v1/favourites": {"GET": Row(partial(_list, Want.LIKED))},
    "/api/v1/bookmarks": {"GET": Row(partial(_list, Want.BOOKMARKED))},
    "/api/v1/statuses": {"POST": Row(_post)},
    "/api/v1/statuses/:id": {
        "GET": Row(partial(_about, Want.STATUS)),
        "DELETE": Row(_delete),
        "PUT": Row(_cannot(_NO_EDITS)),
    },
    "/api/v1/statuses/:id/context": {"GET": Row(partial(_about, Want.CONTEXT))},
    "/api/v1/statuses/:id/favourited_by": {"GET": Row(partial(_about, Want.LIKERS))},
    "/api/v1/statuses/:id/source": {"GET": Row(_source)},
    "/api/v1/statuses/:id/history": {"GET": Row(_history)},
    "/api/v1/statuses/:id/favourite": {"POST": Row(_does(Like, is_on=True))},
    "/api/v1/statuses/:id/unfavourite": {"POST": Row(_does(Like, is_on=False))},
    "/api/v1/statuses/:id/bookmark": {"POST": Row(_does(Mark, is_on=True))},
    "/api/v1/statuses/:id/unbookmark": {"POST": Row(_does(Mark, is_on=False))},
    "/api/v1/statuses/:id/reblog": {"POST": Row(_cannot(_NOT_YOURS))},
    "/api/v1/statuses/:id/unreblog": {"POST": Row(_cannot(_NOT_YOURS))},
    "/api/v1/statuses/:id/pin": {"POST": Row(_cannot("the platform pins nothing"))},
    "/api/v1/statuses/:id/unpin": {"POST": Row(_cannot("the platform pins nothing"))},
    "/api/v1/statuses/:id/mute": {"POST": Row(_cannot("the platform mutes nothing"))},
    "/api/v1/statuses/:id/unmute": {"POST": Row(_cannot("the platform mutes nothing"))},
}
