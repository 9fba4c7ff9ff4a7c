"""The routes of statuses and albums: wiring only. Reads and writes both go through the pipeline.

To share is to show an album of one's own to friends whom one chooses. What a friend shows is passed on by
nothing here: it would reach friends of friends.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.routing import Route as Mount
from starlette.types import Receive, Scope

from bailment.endpoints.api import posts_codec as codec
from bailment.endpoints.api.codec import wants_gzip
from bailment.endpoints.api.endpoint import Endpoint, Handler, refusal_of, shown
from bailment.endpoints.credentials import Headers, parse_person_id
from bailment.endpoints.wire import Response, read_body, uri_of
from bailment.model.answers import Answer, Posts, Written
from bailment.model.disclosure import Ask
from bailment.model.posts import (
    Deed,
    Like,
    PutPhoto,
    RemoveAlbum,
    RemoveStatus,
    ShareAlbum,
    Want,
    Wish,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PostApi:
    """What the routes need: the pipeline, wipe orders as in `routes.Api`, the origin, the clock."""

    disclose: Callable[[Ask], Awaitable[Answer]]
    wipe_of: Callable[[bytes, str, int], Awaitable[str | None]]
    origin: str
    now_ms: Callable[[], int]


# From the path's parameters and the body to what is to be written.
Deeds = Callable[[dict[str, str], bytes, Headers], Deed]


def post_routes(api: PostApi) -> list[Mount]:
    """Return the routes of statuses and albums."""

    def endpoint(path: str, **handlers: Handler) -> Mount:
        return Mount(path, Endpoint(api.origin, handlers))

    return [
        endpoint("/v1/timeline", GET=_page(api, Want.HOME, codec.timeline)),
        endpoint("/v1/statuses", POST=_writes(api, _new_status, codec.MOST_JSON, created=True)),
        endpoint(
            "/v1/statuses/{id}",
            GET=_one(api, Want.STATUS, codec.status),
            DELETE=_writes(api, lambda path, *_: RemoveStatus(codec.parse_id(path["id"]))),
        ),
        endpoint("/v1/statuses/{id}/context", GET=_one(api, Want.CONTEXT, codec.context)),
        endpoint(
            "/v1/statuses/{id}/like",
            PUT=_writes(api, lambda path, *_: Like(codec.parse_id(path["id"]), is_on=True)),
            DELETE=_writes(api, lambda path, *_: Like(codec.parse_id(path["id"]), is_on=False)),
        ),
        endpoint(
            "/v1/albums",
            GET=_page(api, Want.ALBUMS, codec.albums),
            POST=_writes(
                api,
                lambda _, body, __: codec.parse_new_album(body),
                codec.MOST_JSON,
                want=Want.ALBUM,
                created=True,
            ),
        ),
        endpoint(
            "/v1/albums/{id}",
            GET=_one(api, Want.ALBUM, codec.album),
            DELETE=_writes(api, lambda path, *_: RemoveAlbum(codec.parse_id(path["id"])), want=Want.ALBUM),
        ),
        endpoint(
            "/v1/albums/{id}/photos/{media}",
            PUT=_writes(api, lambda path, *_: _put_photo(path, is_on=True), want=Want.ALBUM),
            DELETE=_writes(api, lambda path, *_: _put_photo(path, is_on=False), want=Want.ALBUM),
        ),
        endpoint(
            "/v1/albums/{id}/shared/{friend}",
            PUT=_writes(api, lambda path, *_: _share(path, is_on=True), want=Want.ALBUM),
            DELETE=_writes(api, lambda path, *_: _share(path, is_on=False), want=Want.ALBUM),
        ),
    ]


def _new_status(_path: dict[str, str], body: bytes, headers: Headers) -> Deed:
    return codec.parse_new_status(body, headers.get(b"idempotency-key"))


def _put_photo(path: dict[str, str], *, is_on: bool) -> PutPhoto:
    return PutPhoto(codec.parse_id(path["id"]), codec.parse_media_id(path["media"]), is_on)


def _share(path: dict[str, str], *, is_on: bool) -> ShareAlbum:
    return ShareAlbum(codec.parse_id(path["id"]), parse_person_id(path["friend"]), is_on)


def _page(api: PostApi, want: Want, spell: Callable[[Posts], Json]) -> Handler:
    async def handle(scope: Scope, _receive: Receive) -> Response:
        return await _show(api, scope, Wish(want, page=codec.parse_page(scope["query_string"])), spell)

    return handle


def _one(api: PostApi, want: Want, spell: Callable[[Posts], Json]) -> Handler:
    async def handle(scope: Scope, _receive: Receive) -> Response:
        codec.parse_query(scope["query_string"], ())
        wanted = codec.parse_id(scope["path_params"]["id"])
        wish = Wish(want, album_id=wanted) if want is Want.ALBUM else Wish(want, status_id=wanted)
        return await _show(api, scope, wish, spell)

    return handle


async def _show(api: PostApi, scope: Scope, wish: Wish, spell: Callable[[Posts], Json]) -> Response:
    headers = Headers(scope["headers"])
    ask = codec.parse_ask(headers, scope["method"], uri_of(api.origin, scope), api.now_ms(), wish)
    answer = await api.disclose(ask)
    refusal = await refusal_of(api, ask, answer)
    if refusal is not None:
        return refusal
    if not isinstance(answer, Posts):
        raise shown(answer)
    return codec.encode_json(spell(answer), answer.receipt, gzip=wants_gzip(headers))


def _writes(
    api: PostApi, deed_of: Deeds, most_body: int = 0, *, want: Want = Want.STATUS, created: bool = False
) -> Handler:
    async def handle(scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope["headers"])
        codec.parse_query(scope["query_string"], ())
        # Who has no good proof is told so before any of the body is read.
        ask = codec.parse_ask(headers, scope["method"], uri_of(api.origin, scope), api.now_ms(), Wish(want))
        deed = deed_of(scope["path_params"], await read_body(receive, most_body), headers)
        return await write(api, ask, deed, created=created)

    return handle


async def write(api: PostApi, ask: Ask, deed: Deed, *, created: bool = False) -> Response:
    """Write, and spell what was written: with 201 where something was `created` that was not there before."""
    answer = await api.disclose(codec.with_deed(ask, deed))
    refusal = await refusal_of(api, ask, answer)
    if refusal is not None:
        return refusal
    if not isinstance(answer, Written):
        raise shown(answer)
    return codec.encode_json(codec.written(answer), answer.receipt, 201 if created and answer.is_new else 200)
