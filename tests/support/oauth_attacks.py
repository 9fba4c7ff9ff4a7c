"""What the attacks on the authorization server share: how a refusal looks, thieves, and time that passes.

await refused("invalid_grant", party.refresh(thief_of(party.public), stolen))
await pass_time(party, 180)             # the replay tables are emptied as in a deployment
"""

from collections.abc import Awaitable
from typing import Any

import pytest

from bailment.model.answers import Disclosed
from bailment.model.disclosure import Route
from bailment.oauth import rfc6749
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.rfc9449 import BUCKET_S
from tests.support.oauth import App, Party, Signer, new_client, register
from tests.support.world import Device, Free

MANAGE = "grant_management_query grant_management_revoke"


async def refused(
    error: str, work: Awaitable[object], match: str | None = None, status: int = 400
) -> ProtocolError:
    """Await `work`, which must be refused with this error, and return it."""
    with pytest.raises(ProtocolError, match=match) as caught:
        await work
    assert (caught.value.error, caught.value.status) == (error, status), caught.value.message
    return caught.value


async def pass_time(party: Party, seconds: int) -> None:
    """Let time pass, and empty the replay tables on the way as `app` does."""
    end = party.now + seconds * 1000
    while party.now < end:
        party.world.now = min(end, party.now + BUCKET_S * 1000)
        await clear(party)


async def clear(party: Party) -> None:
    """Empty the replay table that no proof of now can fall into, as `app` does once a bucket."""
    bucket = party.now // 1000 // BUCKET_S + 2
    await party.world.store.disclose(lambda transaction: transaction.clear_marks(bucket))


def before_next_bucket(party: Party, seconds: int = 1) -> None:
    """Put the clock so many seconds before the next bucket of replay marks begins."""
    now_s = party.now // 1000
    party.world.now = ((now_s // BUCKET_S + 2) * BUCKET_S - seconds) * 1000


async def opens(party: Party, app: App, answer: dict[str, Any], person_id: int = 1) -> bool:
    """Tell whether a token response's access token opens its person's own data."""
    device = Device(person_id, answer["grant_id"], "", answer["access_token"], jkt=app.device.jkt)
    return isinstance(await party.world.read(device, Route.ME), Disclosed)


def thief_of(app: App) -> App:
    """Return the same client on another device: whoever stole all but the device's key."""
    return App(app.client, Signer(), app.identity)


async def another(party: Party, **changed: Free) -> App:
    """Register one more client, of the same integration unless changed."""
    return await register(party.world, new_client(**changed))


async def own_token(party: Party, app: App, scope: str = MANAGE) -> str:
    """Return a token of the client itself."""
    call = party.call(app, "/oauth/token", grant_type="client_credentials", scope=scope)
    return str((await rfc6749.issue(party.server, call))["access_token"])


def resource_call(
    party: Party,
    app: App,
    access: str,
    path: str,
    *,
    method: str = "GET",
    scheme: str = "DPoP",
    **changed: Free,
) -> Call:
    """Return a call to a protected resource of the authorization server, with a proof as `changed` says."""
    uri = f"{party.server.issuer}{path}"
    nonce = party.server.nonces.current(party.now // 1000)
    usual: dict[str, Any] = {"nonce": nonce, "token": access, **changed}
    proof = app.device.proof(usual.pop("htm", method), usual.pop("htu", uri), party.now, **usual)
    return Call(method, uri, {}, party.now, proof, f"{scheme} {access}")
