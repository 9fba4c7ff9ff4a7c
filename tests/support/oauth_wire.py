"""The back channel over HTTP, in memory: its ASGI routes over a party's server, with the party's clock.

async with wire(party) as http:
    response = await send(http, party.refresh_call(party.public, token))
"""

from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bailment.endpoints.oauth.routes import oauth_routes
from bailment.oauth.keys import jwks_document
from bailment.oauth.protocol import Call
from tests.support.oauth import App, Party
from tests.support.world import Free


def wire(party: Party) -> AsyncClient:
    """Return a client that speaks to the party's server."""
    server = party.server
    app = Starlette(routes=oauth_routes(server, jwks_document(server.keys), lambda: party.now))
    app.router.redirect_slashes = False
    return AsyncClient(transport=ASGITransport(app), base_url=server.issuer)


async def send(http: AsyncClient, call: Call, **changed: Free) -> Response:
    """Send a call's parameters as a form, with its proof; `changed` replaces what httpx is told."""
    sent = {"data": dict(call.params), "headers": {"DPoP": call.proof} if call.proof else {}, **changed}
    return await http.request(call.method, call.uri, **sent)


async def with_token(
    http: AsyncClient, party: Party, app: App, method: str, path: str, token: str
) -> Response:
    """Send a request with a client's own token and a proof for it."""
    uri, nonce = party.server.issuer + path, party.server.nonces.current(party.now // 1000)
    proof = app.device.proof(method, uri, party.now, nonce=nonce, token=token)
    return await http.request(method, uri, headers={"Authorization": f"DPoP {token}", "DPoP": proof})


async def own_token(party: Party, http: AsyncClient, scope: str) -> str:
    """Return a token of the confidential client itself."""
    call = party.call(party.confidential, "/oauth/token", grant_type="client_credentials", scope=scope)
    response = await send(http, call)
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])
