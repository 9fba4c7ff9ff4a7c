"""The routes of pictures: taking one in, giving it out, describing it. Wiring only.

An upload is decided on before its body is read, and again when the picture is ready; see
`disclosure.pictures`. What comes out is never what came in: a picture is written anew, and its type is ours.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.routing import Route as Mount
from starlette.types import Receive, Scope

from bailment.disclosure.pictures import PictureFile, Taken, Upload, WithheldPicture
from bailment.endpoints.api import posts_codec as codec
from bailment.endpoints.api.codec import answer_fields
from bailment.endpoints.api.endpoint import Endpoint, Handler, refusal_of, shown
from bailment.endpoints.api.post_routes import PostApi, write
from bailment.endpoints.api.problems import problem_response
from bailment.endpoints.credentials import Headers
from bailment.endpoints.wire import Response, read_body, read_upload, uri_of
from bailment.model.answers import Answer
from bailment.model.disclosure import Ask
from bailment.model.encoding import base64url
from bailment.model.posts import DescribeMedia, Want, Wish
from bailment.people.pictures import MAX_BYTES

# Nothing that a browser would run, whatever somebody got into a picture.
SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
]


class Pictures(Protocol):
    """What `disclosure.pictures.Pictures` is."""

    async def take_in(self, ask: Ask, read: Callable[[], Awaitable[Upload]]) -> Taken | Answer:
        """Take in the picture that `read` gives."""
        ...

    async def give_out(self, ask: Ask, *, thumbnail: bool) -> PictureFile | WithheldPicture | Answer:
        """Give out a picture, or its thumbnail."""
        ...


@dataclass(frozen=True, slots=True)
class MediaApi:
    """What the routes need: pictures, and what every write needs."""

    pictures: Pictures
    posts: PostApi

    @property
    def origin(self) -> str:
        """The configured origin."""
        return self.posts.origin


def media_routes(api: MediaApi) -> list[Mount]:
    """Return the routes of pictures."""
    one = {"GET": _gives_out(api, thumbnail=False), "PATCH": _describes(api)}
    small = {"GET": _gives_out(api, thumbnail=True)}
    return [
        Mount("/v1/media", Endpoint(api.origin, {"POST": _takes_in(api)}, lingers=True)),
        Mount("/v1/media/{id}", Endpoint(api.origin, one)),
        Mount("/v1/media/{id}/thumbnail", Endpoint(api.origin, small)),
    ]


def _ask(api: MediaApi, scope: Scope, headers: Headers, media_id: str) -> Ask:
    uri = uri_of(api.origin, scope)
    return codec.parse_ask(
        headers, scope["method"], uri, api.posts.now_ms(), Wish(Want.MEDIA, media_id=media_id)
    )


def _takes_in(api: MediaApi) -> Handler:
    async def handle(scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope["headers"])
        ask = _ask(api, scope, headers, "")
        codec.check_media_type(headers.get(b"content-type"))
        keep, description = codec.parse_keep(scope["query_string"])

        async def read() -> Upload:
            raw = await read_upload(receive, headers.get(b"content-length"), MAX_BYTES)
            return Upload(raw, keep, description)

        taken = await api.pictures.take_in(ask, read)
        if isinstance(taken, Taken):
            spelled = {**codec.written(taken.written), "photo": codec.photo(taken.row)}
            return codec.encode_json(spelled, taken.written.receipt, 201)
        refusal = await refusal_of(api.posts, ask, taken)
        if refusal is None:
            raise shown(taken)
        return refusal

    return handle


def _gives_out(api: MediaApi, *, thumbnail: bool) -> Handler:
    async def handle(scope: Scope, _receive: Receive) -> Response:
        codec.parse_query(scope["query_string"], ())
        media_id = codec.parse_media_id(scope["path_params"]["id"])
        ask = _ask(api, scope, Headers(scope["headers"]), media_id)
        found = await api.pictures.give_out(ask, thumbnail=thumbnail)
        if isinstance(found, PictureFile):
            headers = [*answer_fields(found.receipt), *SAFE]
            return Response(200, found.content, [*headers, (b"content-type", found.media_type.encode())])
        if isinstance(found, WithheldPicture):
            return _withheld(found)
        refusal = await refusal_of(api.posts, ask, found)
        if refusal is None:
            raise shown(found)
        return refusal

    return handle


def _withheld(found: WithheldPicture) -> Response:
    """Say that an order withholds a picture (RFC 7725)."""
    notice = {} if found.row.withheld is None else codec.notice(found.row.withheld)
    response = problem_response("withheld", withheld=notice)
    response.headers.append((b"bailment-receipt", base64url(found.receipt).encode()))
    return response


def _describes(api: MediaApi) -> Handler:
    async def handle(scope: Scope, receive: Receive) -> Response:
        codec.parse_query(scope["query_string"], ())
        media_id = codec.parse_media_id(scope["path_params"]["id"])
        ask = _ask(api, scope, Headers(scope["headers"]), media_id)
        description = codec.parse_description(await read_body(receive, codec.MOST_JSON))
        return await write(api.posts, ask, DescribeMedia(media_id, description))

    return handle
