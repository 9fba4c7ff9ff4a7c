"""One request that has been understood, and the ways to answer it: what every handler works with.

To add an endpoint, write a handler that takes a `Call` and name it in a table of rows, as `statuses.py` does.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import Receive

from bailment.endpoints.credentials import Headers
from bailment.endpoints.mastodon.codec import Caller, parse_id
from bailment.endpoints.mastodon.errors import JSON, NO_STORE, VARY, receipt_field, refusal_response
from bailment.endpoints.mastodon.paging import link_field
from bailment.endpoints.mastodon.parameters import Parameters
from bailment.endpoints.mastodon.spelling import MediaUrl, Speller
from bailment.endpoints.wire import Response
from bailment.model.answers import Answer, Posts, Written
from bailment.model.disclosure import Ask
from bailment.model.posts import Deed, Wish

# A status of the most characters, each of them escaped or in four bytes, and what comes with it.
MOST_BODY = 128 << 10


@dataclass(frozen=True, slots=True)
class MastodonApi:
    """What the endpoints need.

    `app_of(token's stored form, key's thumbprint, now)` describes the app that a token was given to, as the
    protocol does; it gives None where the token is not good. `media_url(media, thumbnail=...,
    token_hash=...)` gives the address at which the holder of the token may fetch a picture. `origin` is the
    configured one.
    """

    disclose: Callable[[Ask], Awaitable[Answer]]
    app_of: Callable[[bytes, str, int], Awaitable[Mapping[str, object] | None]]
    media_url: MediaUrl
    origin: str
    now_ms: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` is without a trailing slash, `raw_id` what stands in it for `:id`.

    `parameters` are of the query, and of the body unless the row reads that itself.
    """

    api: MastodonApi
    speller: Speller
    headers: Headers
    path: str
    raw_id: str
    parameters: Parameters
    receive: Receive
    caller: Caller

    @property
    def token_hash(self) -> bytes:
        """The token's stored form; empty where it is bound, as no address of a picture can prove a key."""
        return b"" if self.caller.proof else self.caller.token_hash

    @property
    def id(self) -> int:
        """The id in the path; 0 where it is none."""
        return parse_id(self.raw_id)

    async def show(self, wish: Wish, spell: Callable[[Posts], bytes]) -> Response:
        """Disclose, and spell what may be seen."""
        answer = await self.api.disclose(self.caller.ask(wish))
        if not isinstance(answer, Posts):
            return refusal_response(answer, self.api.origin)
        return json_response(spell(answer), receipt_field(answer.receipt))

    async def page(
        self, wish: Wish, spell: Callable[[Posts], bytes], *, forward_only: bool = False
    ) -> Response:
        """Disclose a page of a list, and say where the pages beside it are."""
        answer = await self.api.disclose(self.caller.ask(wish))
        if not isinstance(answer, Posts):
            return refusal_response(answer, self.api.origin)
        response = json_response(spell(answer), receipt_field(answer.receipt))
        address = self.api.origin + self.path
        link = link_field(address, self.parameters, answer.cursors, forward_only=forward_only)
        if link is not None:
            response.headers.append(link)
        return response

    async def write(self, deed: Deed, spell: Callable[[Written], bytes]) -> Response:
        """Write, and spell what was written."""
        answer = await self.api.disclose(self.caller.write(deed))
        if not isinstance(answer, Written):
            return refusal_response(answer, self.api.origin)
        return json_response(spell(answer), receipt_field(answer.receipt))

    def statuses(self, posts: Posts) -> bytes:
        """Spell the statuses of an answer."""
        return self.speller.statuses(posts.posts, posts.people, self.token_hash)

    def status(self, posts: Posts) -> bytes:
        """Spell the only status of an answer."""
        return self.speller.status(posts.posts[0], posts.people, self.token_hash)


Handler = Callable[[Call], Awaitable[Response]]


class Row(NamedTuple):
    """An endpoint: how it is answered, and whether its body is read before, as parameters."""

    handle: Handler
    reads_body: bool = True


# By path, with `:id` for what differs, and by method.
Table = Mapping[str, Mapping[str, Row]]


def json_response(body: bytes, *headers: tuple[bytes, bytes], status: int = 200) -> Response:
    """Return an answer for this caller alone."""
    return Response(status, body, [JSON, NO_STORE, VARY, *headers])
