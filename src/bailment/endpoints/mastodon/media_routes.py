"""Pictures in the Mastodon client API: uploads, descriptions, and the addresses at which clients fetch them.

A client fetches a picture without any credentials. So an address holds, encrypted, for which token it was
made; whoever fetches it is decided on afresh as that token's device, and recorded so. It is no permission:
when the grant is withdrawn, or the picture is shown no more, there is nothing at any address of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.disclosure.pictures import PictureFile, Taken, Upload, WithheldPicture
from bailment.endpoints.credentials import Headers
from bailment.endpoints.mastodon.call import MOST_BODY, MastodonApi
from bailment.endpoints.mastodon.codec import Caller, parse_caller, parse_id
from bailment.endpoints.mastodon.errors import (
    JSON,
    NO_STORE,
    VARY,
    absent_response,
    error_response,
    malformed_response,
    receipt_field,
    refusal_response,
    unavailable_response,
)
from bailment.endpoints.mastodon.multipart import parse_multipart
from bailment.endpoints.mastodon.parameters import parse_parameters
from bailment.endpoints.mastodon.routes import CORS
from bailment.endpoints.mastodon.spelling import Speller
from bailment.endpoints.wire import Response, linger, read_body, read_upload, send_response, uri_of
from bailment.model.answers import Answer, Posts, Written
from bailment.model.disclosure import Ask
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.model.posts import DescribeMedia, MediaRow, Want, Wish
from bailment.model.withholding import notice_text
from bailment.people.pictures import MAX_BYTES

# The picture, a description of the most characters, and what stands round them.
MOST_UPLOAD = MAX_BYTES + (64 << 10)
# An address changes twice a day; who keeps its picture for an hour asks again while it is good.
_KEEP = (b"cache-control", b"private, max-age=3600")
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]

# Gives the stored form of a token, a picture's id and whether its thumbnail is meant; None for no address.
OpenAddress = Callable[[str, int], tuple[bytes, str, bool] | None]
Handler = Callable[[Scope, Receive], Awaitable[Response]]


class Pictures(Protocol):
    """What `disclosure.pictures.Pictures` is."""

    async def take_in(self, ask: Ask, read: Callable[[], Awaitable[Upload]]) -> Taken | Answer:
        """Take in the picture that `read` gives."""
        ...

    async def give_out(self, ask: Ask, *, thumbnail: bool) -> PictureFile | WithheldPicture | Answer:
        """Give out a picture, or its thumbnail."""
        ...


@dataclass(frozen=True, slots=True)
class MastodonMedia:
    """What the endpoints need: all that the others do, pictures, and what reads an address of one."""

    api: MastodonApi
    pictures: Pictures
    open_address: OpenAddress


class _Endpoint:
    """An ASGI endpoint; errors become what the protocol says."""

    def __init__(self, origin: str, handlers: dict[str, Handler]) -> None:
        self._origin = origin
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(scope, receive)
        response = Response(response.status, response.body, [*response.headers, *CORS])
        await send_response(response, scope["method"], send)
        if response.status >= 400:
            await linger(receive)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        method = scope["method"]
        if method == "OPTIONS":
            return Response(204)
        if method not in self._handlers:
            allow = (b"allow", ", ".join(self._handlers).encode())
            return error_response(405, "Method Not Allowed", "there is no such method here", allow)
        try:
            return await self._handlers[method](scope, receive)
        except Malformed as error:
            return malformed_response(error, self._origin)
        except (Unavailable, Conflict, Tampered):
            return unavailable_response()


def mastodon_media_routes(media: MastodonMedia) -> list[Mount]:
    """Return the routes of pictures, to be mounted before the others of this API."""
    speller = Speller(media.api.origin, media.api.media_url)
    uploads = _Endpoint(media.api.origin, {"POST": _uploads(media, speller)})
    one = _Endpoint(media.api.origin, {"GET": _shows(media, speller), "PUT": _describes(media, speller)})
    return [
        *(Mount(path + end, uploads) for path in ("/api/v1/media", "/api/v2/media") for end in ("", "/")),
        *(Mount("/api/v1/media/{id}" + end, one) for end in ("", "/")),
        Mount("/media/{address}", _Endpoint(media.api.origin, {"GET": _gives_out(media)})),
    ]


def _caller(media: MastodonMedia, scope: Scope, headers: Headers) -> Caller:
    uri = uri_of(media.api.origin, scope)
    return parse_caller(headers, scope["method"], uri, media.api.now_ms())


def _uploads(media: MastodonMedia, speller: Speller) -> Handler:
    async def handle(scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope["headers"])
        caller = _caller(media, scope, headers)

        async def read() -> Upload:
            body = await read_upload(receive, headers.get(b"content-length"), MOST_UPLOAD)
            return _parse_upload(headers.get(b"content-type"), body)

        taken = await media.pictures.take_in(caller.ask(Wish(Want.MEDIA)), read)
        if isinstance(taken, Taken):
            return _attachment(speller, taken.row, caller, taken.written.receipt)
        return refusal_response(taken, media.api.origin)

    return handle


def _parse_upload(content_type: str, body: bytes) -> Upload:
    """Return the picture of a body. `focus` is taken and not kept: the platform crops nothing."""
    fields = parse_multipart(content_type, body)
    if "file" not in fields:
        raise Malformed("send the picture", where="file")
    try:
        return Upload(fields["file"], description=fields.get("description", b"").decode())
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8", where="description") from error


def _shows(media: MastodonMedia, speller: Speller) -> Handler:
    async def handle(scope: Scope, _receive: Receive) -> Response:
        caller = _caller(media, scope, Headers(scope["headers"]))
        answer = await media.api.disclose(caller.ask(Wish(Want.MEDIA, media_id=_id(scope))))
        if isinstance(answer, Posts) and answer.media is not None:
            return _attachment(speller, answer.media, caller, answer.receipt)
        return refusal_response(answer, media.api.origin)

    return handle


def _describes(media: MastodonMedia, speller: Speller) -> Handler:
    async def handle(scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope["headers"])
        caller = _caller(media, scope, headers)
        body = await read_body(receive, MOST_BODY)
        parameters = parse_parameters(scope["query_string"], headers.get(b"content-type"), body)
        answer = await media.api.disclose(
            caller.write(DescribeMedia(_id(scope), parameters.text("description")))
        )
        if not isinstance(answer, Written):
            return refusal_response(answer, media.api.origin)
        if answer.posts is None or answer.posts.media is None:
            # It is described; where reading one's own pictures was not agreed, they are not shown.
            return absent_response(receipt_field(answer.receipt))
        return _attachment(speller, answer.posts.media, caller, answer.receipt)

    return handle


def _id(scope: Scope) -> str:
    raw: str = scope["path_params"]["id"]
    return raw if parse_id(raw) else ""


def _attachment(speller: Speller, row: MediaRow, caller: Caller, receipt: bytes) -> Response:
    token_hash = b"" if caller.proof else caller.token_hash
    body = msgspec.json.encode(speller.attachment(row, token_hash))
    return Response(200, body, [JSON, NO_STORE, VARY, receipt_field(receipt)])


def _gives_out(media: MastodonMedia) -> Handler:
    async def handle(scope: Scope, _receive: Receive) -> Response:
        now = media.api.now_ms()
        found = media.open_address(scope["path_params"]["address"], now)
        if found is None:
            return absent_response()
        token_hash, media_id, thumbnail = found
        # As the token's device and nobody else: a bound one proves a key, which no address can.
        caller = Caller(token_hash, None, None, now)
        picture = await media.pictures.give_out(
            caller.ask(Wish(Want.MEDIA, media_id=media_id)), thumbnail=thumbnail
        )
        if isinstance(picture, PictureFile):
            kind = (b"content-type", picture.media_type.encode())
            return Response(200, picture.content, [kind, _KEEP, *_SAFE, receipt_field(picture.receipt)])
        if isinstance(picture, WithheldPicture):
            return _withheld(picture)
        # Nothing tells who fetches why there is nothing: not even that there was a grant.
        return absent_response()

    return handle


def _withheld(picture: WithheldPicture) -> Response:
    said = "" if picture.row.withheld is None else notice_text(picture.row.withheld)
    return error_response(451, said, said, receipt_field(picture.receipt))
