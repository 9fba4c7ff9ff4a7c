"""Accounts: one's own, those of friends, and how one stands to them. Each answer is one disclosure.

Friends stand for followers and followed alike. Of anybody else's friends there is an empty list: there is
no third ring. Nothing about a friendship can be changed here; that is done at the platform.
"""

import msgspec

from bailment.endpoints.credentials import parse_person_id
from bailment.endpoints.mastodon import entities
from bailment.endpoints.mastodon.call import Call, Row, Table, json_response
from bailment.endpoints.mastodon.errors import challenge_response
from bailment.endpoints.mastodon.paging import MOST_ACCOUNTS, MOST_STATUSES, parse_limit, parse_page
from bailment.endpoints.wire import Response
from bailment.model.answers import Posts
from bailment.model.posts import Page, Want, Wish

MOST_IDS = 80
MOST_TEXT = 200


async def _own(call: Call) -> Response:
    return await call.show(Wish(Want.PEOPLE), call.speller.own_account)


async def _account(call: Call) -> Response:
    return await _one(call, parse_person_id(call.raw_id))


async def _one(call: Call, person_id: int) -> Response:
    wish = Wish(Want.PEOPLE, person_ids=(person_id,))
    return await call.show(wish, call.speller.one_account)


async def _lookup(call: Call) -> Response:
    """Find an account by its name, which is its id; a host behind it is not looked at: there is one."""
    return await _one(call, parse_person_id(call.parameters.text("acct").lstrip("@").partition("@")[0]))


async def _statuses(call: Call) -> Response:
    parameters = call.parameters
    if parameters.flag("pinned") or parameters.has("tagged"):
        return json_response(b"[]")  # Nothing is pinned, and nothing is tagged.
    kinds = [
        kind
        for name, kind in (("exclude_replies", "original"), ("only_media", "media"))
        if parameters.flag(name)
    ]
    page = parse_page(parameters, MOST_STATUSES, 20)
    person_ids = (parse_person_id(call.raw_id),)
    return await call.page(
        Wish(Want.OF_PERSON, person_ids=person_ids, page=page, kinds=tuple(kinds)), call.statuses
    )


async def _friends(call: Call) -> Response:
    page = parse_page(call.parameters, MOST_ACCOUNTS, 40)
    wish = Wish(Want.FRIENDS, person_ids=(parse_person_id(call.raw_id),), page=page)
    return await call.page(wish, call.speller.accounts, forward_only=True)


async def _relationships(call: Call) -> Response:
    """Tell how one stands to several persons; those who may not be seen are missing, be it all of them."""
    raw_ids = call.parameters.texts("id")[:MOST_IDS]
    person_ids = tuple(dict.fromkeys(filter(None, map(parse_person_id, raw_ids))))
    if not person_ids:
        return json_response(b"[]")

    def spell(posts: Posts) -> bytes:
        return msgspec.json.encode(entities.relationships(posts.order, posts.me))

    response = await call.show(Wish(Want.PEOPLE, person_ids=person_ids), spell)
    if response.status == 404:
        receipts = [field for field in response.headers if field[0] == b"bailment-receipt"]
        return json_response(b"[]", *receipts)
    return response


def _found(call: Call) -> Wish:
    """Return what a search asks for: somebody by id, as accounts are called here, or by name; one page."""
    limit = parse_limit(call.parameters, MOST_STATUSES, 40)
    text = call.parameters.text("q")[:MOST_TEXT].strip().lstrip("@")
    person_id = parse_person_id(text.partition("@")[0])
    person_ids = (person_id,) if person_id else ()
    return Wish(Want.FOUND, person_ids=person_ids, text=text, page=Page(limit=limit))


async def _search_accounts(call: Call) -> Response:
    if call.parameters.number("offset", 0) > 0:
        return json_response(b"[]")
    return await call.show(_found(call), call.speller.accounts)


async def _search(call: Call) -> Response:
    """Search; of what can be found there are only accounts."""
    kind = call.parameters.text("type")
    if (kind and kind != "accounts") or call.parameters.number("offset", 0) > 0:
        return json_response(_results(b"[]"))
    return await call.show(_found(call), lambda posts: _results(call.speller.accounts(posts)))


def _results(accounts: bytes) -> bytes:
    return b'{"accounts":%b,"statuses":[],"hashtags":[]}' % accounts


async def _app(call: Call) -> Response:
    """Say which app the token was given to; nothing of a person is in it."""
    caller = call.caller
    document = await call.api.app_of(caller.token_hash, caller.jkt, caller.now)
    if document is None:
        return challenge_response("the access token is not good", call.api.origin)
    return json_response(msgspec.json.encode(document))


ACCOUNTS: Table = {
    "/api/v1/accounts/verify_credentials": {"GET": Row(_own)},
    "/api/v1/accounts/lookup": {"GET": Row(_lookup)},
    "/api/v1/accounts/search": {"GET": Row(_search_accounts)},
    "/api/v1/accounts/relationships": {"GET": Row(_relationships)},
    "/api/v1/accounts/:id": {"GET": Row(_account)},
    "/api/v1/accounts/:id/statuses": {"GET": Row(_statuses)},
    "/api/v1/accounts/:id/followers": {"GET": Row(_friends)},
    "/api/v1/accounts/:id/following": {"GET": Row(_friends)},
    "/api/v1/search": {"GET": Row(_search)},
    "/api/v2/search": {"GET": Row(_search)},
    "/api/v1/apps/verify_credentials": {"GET": Row(_app)},
}
