"""RFC 9449 at the authorization server, clause by clause, over HTTP: see docs/clauses/rfc9449.md."""

import re
from dataclasses import replace

from bailment.model.answers import Unauthorized
from bailment.model.disclosure import Route
from bailment.model.encoding import hash_token
from bailment.oauth.protocol import Call
from bailment.oauth.rfc9449 import NONCE_STEP_S
from tests.support.oauth import App, Party, new_client, register
from tests.support.oauth_wire import send, wire
from tests.support.world import Device

# Source: RFC 9449 section 8.1, that is RFC 6749 appendix A.4.
NQCHAR = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def unproven(party: Party, call: Call) -> Call:
    """Return the call with a proof without a nonce."""
    return replace(call, proof=party.public.device.proof("POST", call.uri, party.now))


async def test_a_bound_token_says_so(party: Party) -> None:
    """The type is DPoP, and the token's row has the thumbprint of the proof's key."""
    tokens = await party.authorize(party.public)
    assert tokens["token_type"] == "DPoP"
    async with party.world.store.reading() as transaction:
        row = await transaction.access_token(hash_token(tokens["access_token"]))
    assert row is not None
    assert row.jkt == party.public.device.jkt


async def test_the_next_nonce_comes_with_every_answer(party: Party) -> None:
    """A good answer and a refusal each carry one nonce for the next request, and nobody keeps them."""
    tokens = await party.authorize(party.public)
    async with wire(party) as http:
        for token, status in ((tokens["refresh_token"], 200), ("x", 400)):
            response = await send(http, party.refresh_call(party.public, token))
            assert response.status_code == status
            (nonce,) = response.headers.get_list("dpop-nonce")
            assert party.server.nonces.accepts(nonce, party.now // 1000)
            assert response.headers["cache-control"] == "no-store"


def test_nonces_are_unpredictable_and_pass(party: Party) -> None:
    """Each step has a nonce of its own, 144 bits under a secret that no other server has."""
    now_s = party.now // 1000
    nonces = [party.server.nonces.current(now_s + step * NONCE_STEP_S) for step in range(100)]
    assert len(set(nonces)) == 100
    assert {len(nonce) for nonce in nonces} == {24}


async def test_an_operator_may_let_a_client_have_bearer_tokens(party: Party) -> None:
    """Without a proof such a client gets a Bearer token; with one its tokens are bound as anybody's."""
    app = await register(party.world, new_client(public=True, bearer=True))
    bare = await party.authorize(app)
    assert bare["token_type"] == "Bearer"
    code = (await party.consent(await party.begin(app)))["code"]
    call = party.exchange_call(app, code, proof=fresh(party, app))
    async with wire(party) as http:
        bound = (await send(http, call)).json()
        assert bound["token_type"] == "DPoP"
        refused = await send(http, party.refresh_call(app, bound["refresh_token"]))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    device = Device(1, bound["grant_id"], "", bound["access_token"], jkt="")
    assert isinstance(await party.world.read(device, Route.ME, mark=None), Unauthorized)


def fresh(party: Party, app: App) -> str:
    """Return a proof for the token endpoint."""
    nonce = party.server.nonces.current(party.now // 1000)
    return app.device.proof("POST", f"{party.server.issuer}/oauth/token", party.now, nonce=nonce)
