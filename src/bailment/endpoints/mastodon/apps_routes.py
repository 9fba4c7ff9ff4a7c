"""Apps that register themselves, and what of an app's comes to the paths that all clients share: the wire.

What such an app may do is decided in `oauth.mastodon`. Here it is only read: JSON, form and multipart alike,
and which request at a shared path is an app's at all. That is one with a `client_secret` and nothing of what
the other clients prove themselves by; whatever else comes there is not looked at here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from starlette.routing import Route as Mount
from starlette.types import Receive, Scope, Send

from bailment.endpoints.credentials import Headers
from bailment.endpoints.mastodon.errors import (
    JSON,
    NO_STORE,
    error_response,
    malformed_response,
    unavailable_response,
)
from bailment.endpoints.mastodon.parameters import Parameters, parse_parameters
from bailment.endpoints.mastodon.routes import CORS
from bailment.endpoints.wire import Response, read_body, send_response
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.oauth.mastodon.apps import Registration
from bailment.oauth.protocol import Document, ProtocolError

MOST_BODY = 65_536
PATH = "/api/v1/apps"
# What an app may send to the token endpoint and for revocation, each at most once.
_KNOWN = (
    *("grant_type", "client_id", "client_secret", "code", "redirect_uri", "scope", "code_verifier"),
    *("token", "token_type_hint", "client_assertion", "refresh_token", "authorization_details"),
)
_MARK = b"client_secret"


def parse_app_call(headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Mapping[str, str] | None:
    """Return the parameters of an app's request at a path that it shares; None for everybody else's.

    Raises:
        Malformed: the body is not of the form that it says, or a parameter came twice.
    """
    # Most requests are not an app's, and end here.
    if _MARK not in body or any(_proves(*each) for each in headers):
        return None
    parameters = parse_parameters(b"", Headers(headers).get(b"content-type"), body)
    if any(len(parameters.texts(name)) > 1 for name in _KNOWN):
        raise ProtocolError("invalid_request", "a parameter came twice")
    params = {name: parameters.text(name) for name in _KNOWN if parameters.has(name)}
    return params if "client_secret" in params and "client_assertion" not in params else None


def _proves(name: bytes, value: bytes) -> bool:
    """Tell whether a field proves a key or who calls: that must be checked, never passed over.

    An app that has a token sends it everywhere; here it says nothing, for the secret says who calls.
    """
    return name == b"dpop" or (name == b"authorization" and not value.lower().startswith(b"bearer "))


@dataclass(frozen=True, slots=True)
class AppsApi:
    """What registration needs: `register` over one server, the configured origin, and the clock."""

    register: Callable[[Registration, int], Awaitable[Document]]
    origin: str
    now_ms: Callable[[], int]


def apps_routes(api: AppsApi) -> list[Mount]:
    """Return the routes of registration, to be mounted before the rest of the protocol."""
    endpoint = _Register(api)
    return [Mount(PATH, endpoint), Mount(f"{PATH}/", endpoint)]


class _Register:
    """The ASGI endpoint of registration."""

    def __init__(self, api: AppsApi) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope, receive)
        response.headers.extend(CORS)
        await send_response(response, scope["method"], send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] == "OPTIONS":
            return Response(204)
        if scope["method"] != "POST":
            return error_response(405, "Method Not Allowed", "send a POST", (b"allow", b"POST, OPTIONS"))
        try:
            body = await read_body(receive, MOST_BODY)
            kind = Headers(scope["headers"]).get(b"content-type")
            asked = parse_registration(parse_parameters(scope["query_string"], kind, body))
            document = await self._api.register(asked, self._api.now_ms())
        except ProtocolError as error:
            return error_response(error.status, error.message, error.message)
        except Malformed as error:
            return malformed_response(error, self._api.origin)
        except (Unavailable, Conflict, Tampered):
            return unavailable_response()
        return Response(200, msgspec.json.encode(document), [JSON, NO_STORE])


def parse_registration(parameters: Parameters) -> Registration:
    """Return what an app says of itself; its redirect URIs are a list, or lines of one text, or both."""
    uris = [uri for text in parameters.texts("redirect_uris") for uri in text.split()]
    scopes = " ".join(parameters.texts("scopes"))
    return Registration(parameters.text("client_name"), uris, scopes, parameters.text("website"))
