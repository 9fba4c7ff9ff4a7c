"""An app for Mastodon at a small platform: a device with a bearer token, and the API before the pipeline.

Nothing is faked but the socket: requests go to the routes as ASGI, and through the real pipeline and store.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bailment.endpoints.mastodon.call import MastodonApi
from bailment.endpoints.mastodon.routes import mastodon_routes
from bailment.model.answers import Answer
from bailment.model.disclosure import Ask, Route
from bailment.model.fields import ALL_FIELDS
from bailment.model.posts import AddMedia, MediaRow, Want, Wish
from bailment.model.programme import WRITABLE, Consent
from bailment.partners.secrets import give_secret
from tests.support.world import Device, World

ORIGIN = "https://gateway.example"
APP = "Invented App"
# Parameters and answers of an API are trees of anything.
Free: TypeAlias = Any


def media_url(media: MediaRow, *, thumbnail: bool, token_hash: bytes) -> str:
    """Return an address that tells what it was made of."""
    return f"{ORIGIN}/media/{media.media_id}/{'small' if thumbnail else 'whole'}/{token_hash.hex()[:8]}"


@dataclass
class Phone:
    """An app on somebody's device."""

    world: World
    http: AsyncClient
    token: str
    person_id: int
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **more: Free) -> Response:
        """Send a request with the token; time goes on by a millisecond."""
        self.world.now += 1
        headers = {"Authorization": f"Bearer {self.token}", **self.headers, **more.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **more)

    async def get(self, path: str, **parameters: Free) -> Free:
        """Read what is there."""
        answer = await self.ask("GET", path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        return answer.json()

    async def post(self, text: str, **more: Free) -> Free:
        """Post a status."""
        return await self.done("/api/v1/statuses", status=text, **more)

    async def done(self, path: str, **parameters: Free) -> Free:
        """Do something that is done."""
        answer = await self.ask("POST", path, json=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def texts(self, path: str = "/api/v1/timelines/home", **parameters: Free) -> list[str]:
        """Return the content of the statuses of a list."""
        return [each["content"] for each in await self.get(path, **parameters)]

    async def picture(self, name: str, description: str = "") -> str:
        """Put a picture's row there, as an upload does, and return its id."""
        row = MediaRow(
            name, 0, bytes(32), "image/jpeg", 800, 600, bytes(32), 400, 300, description, "{}", self.world.now
        )
        device = Device(self.person_id, "", "", self.token, jkt="")
        answer = await self.world.read(
            device, Route.POSTS, mark=None, wish=Wish(Want.MEDIA), deed=AddMedia(row)
        )
        assert type(answer).__name__ == "Written", answer
        return name


@contextlib.asynccontextmanager
async def api_of(
    world: World, disclose: Callable[[Ask], Awaitable[Answer]] | None = None
) -> AsyncIterator[AsyncClient]:
    """Give a client of the API over a platform, or over something else that discloses."""

    async def app_of(_key: bytes, _jkt: str, _now: int) -> Mapping[str, object] | None:
        return {"name": APP, "website": None}

    api = MastodonApi(disclose or world.pipeline.disclose, app_of, media_url, ORIGIN, lambda: world.now)
    app = Starlette(routes=mastodon_routes(api))
    app.router.redirect_slashes = False
    # An error of ours would be hidden behind a status.
    transport = ASGITransport(app, raise_app_exceptions=True)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield http


async def phone_of(
    world: World,
    http: AsyncClient,
    person_id: int,
    *,
    own: int = ALL_FIELDS,
    friends: int = ALL_FIELDS,
    writes: int = WRITABLE,
) -> Phone:
    """Enrol a device without a key, for an app of this person; the agreement takes such devices."""
    grant = world.grant(person_id, consents=(Consent("address-book", own, friends, writes),))
    secret = await give_secret(world.store, world.keys, grant, world.now)
    return Phone(world, http, secret.secret, person_id)
