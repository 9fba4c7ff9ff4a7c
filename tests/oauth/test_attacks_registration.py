"""Attacks on client registration (RFC 7591) and its management (RFC 7592): more than the ticket says."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from bailment.model.encoding import hash_token
from bailment.oauth import rfc7591, rfc9126
from bailment.oauth.protocol import Call, ProtocolError
from bailment.oauth.rfc7523 import MOST_KEYS
from bailment.partners import holds, programme
from bailment.seal.secret import random_secret
from tests.support.oauth import ISSUER, REDIRECT, App, Party, Signer
from tests.support.oauth_attacks import refused
from tests.support.world import DAY_MS, Free

URI = f"{ISSUER}/oauth/register"


def metadata(**changed: Free) -> dict[str, Any]:
    """Return what a client registers, but for what is changed; None takes a member out."""
    usual = {"client_name": "Lumen Hub", "redirect_uris": [REDIRECT], "jwks": {"keys": [Signer().jwk]}}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


async def ticket_of(
    party: Party, integration_id: str = "lumen-hub", *, bearer: bool = False, life_ms: int = DAY_MS
) -> str:
    """Make a ticket as an operator does."""
    expires_at = party.now + life_ms
    secret = random_secret(expires_at)
    await party.world.store.disclose(
        lambda it: it.add_ticket(hash_token(secret), integration_id, expires_at, bearer=bearer)
    )
    return secret


def call_of(party: Party, token: str, document: dict[str, Any], *, method: str = "POST") -> Call:
    """Return a call with a registration token."""
    return Call(method, URI, {}, party.now, authorization=f"Bearer {token}", document=document)


async def register(party: Party, ticket: str, **changed: Free) -> dict[str, Any]:
    """Register a client."""
    return await rfc7591.register(party.server, call_of(party, ticket, metadata(**changed)))


async def update(party: Party, client: dict[str, Any], **changed: Free) -> dict[str, Any]:
    """Replace a client's metadata with its own token."""
    document = metadata(**{"client_id": client["client_id"], **changed})
    call = call_of(party, client["registration_access_token"], document, method="PUT")
    return await rfc7591.update(party.server, call, client["client_id"])


# The ticket


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "DPoP x", "Bearer \x00", "Bearer é"]
)
async def test_without_a_ticket_nobody_registers(party: Party, authorization: str) -> None:
    """There is no open registration."""
    call = Call("POST", URI, {}, party.now, authorization=authorization, document=metadata())
    await refused("invalid_token", rfc7591.register(party.server, call), status=401)


async def test_a_ticket_expires(party: Party) -> None:
    """After its end it is nothing, and a token of another kind never was one."""
    ticket = await ticket_of(party)
    client = await register(party, ticket)
    tokens = await party.authorize(party.public)
    for other in (client["registration_access_token"], tokens["access_token"], tokens["refresh_token"]):
        await refused("invalid_token", register(party, other), status=401)
    party.world.now += DAY_MS
    await refused("invalid_token", register(party, ticket), status=401)


async def test_a_ticket_registers_several_clients(party: Party) -> None:
    """It is of the integration, not of one client, so each has its own id and its own management token."""
    ticket = await ticket_of(party)
    first, second = await register(party, ticket), await register(party, ticket)
    assert first["client_id"] != second["client_id"]
    assert first["registration_access_token"] != second["registration_access_token"]


async def test_no_metadata_chooses_another_integration(party: Party) -> None:
    """What a client says of itself is not heard where the ticket says it."""
    await party.world.partner("other", build=bytes(32))
    ticket = await ticket_of(party)
    wanted = {"integration_id": "other-hub", "software_id": "other-hub", "client_id": "mine", "bearer": True}
    client = await register(party, ticket, **wanted, registration_access_token="mine", scope="openid")
    assert client["client_id"].startswith("client_")
    assert client["registration_access_token"] != "mine"
    async with party.world.store.reading() as transaction:
        stored = await transaction.client(client["client_id"])
    assert stored is not None
    assert (stored.integration_id, stored.bearer) == ("lumen-hub", False)


async def test_without_an_agreement_there_is_no_client(party: Party) -> None:
    """Neither is one registered under a hold or after the end, nor changed; its own data can be read."""
    ticket = await ticket_of(party)
    client = await register(party, ticket)
    await holds.place_hold(party.world.store, "lumen", "a test", party.now)
    await refused("access_denied", register(party, ticket), "partner.on-hold", 403)
    await refused("access_denied", update(party, client), "partner.on-hold", 403)
    call = call_of(party, client["registration_access_token"], {}, method="GET")
    assert (await rfc7591.read(party.server, call, client["client_id"]))["client_name"] == "Lumen Hub"
    await holds.lift_hold(party.world.store, "lumen", party.now)
    await programme.end_agreement(party.world.store, "lumen", 1, party.now)
    await refused("access_denied", register(party, ticket), "agreement", 403)


async def test_bearer_tokens_are_the_operators_to_allow(party: Party) -> None:
    """No metadata gets them without a ticket that says so, and who gave them up does not get them back."""
    ticket = await ticket_of(party)
    await refused("invalid_client_metadata", register(party, ticket, dpop_bound_access_tokens=False))
    bound = await register(party, ticket)
    assert bound["dpop_bound_access_tokens"] is True
    await refused("invalid_client_metadata", update(party, bound, dpop_bound_access_tokens=False))
    allowed = await ticket_of(party, bearer=True)
    bearer = await register(party, allowed, dpop_bound_access_tokens=False)
    assert bearer["dpop_bound_access_tokens"] is False
    assert (await update(party, bearer, dpop_bound_access_tokens=True))["dpop_bound_access_tokens"] is True
    await refused("invalid_client_metadata", update(party, bearer, dpop_bound_access_tokens=False))
    assert (await update(party, bearer))["dpop_bound_access_tokens"] is True


# The management token


async def test_a_management_token_is_of_one_client(party: Party) -> None:
    """With another client's, with the ticket, or with none, nothing is told or changed, existing or not."""
    ticket = await ticket_of(party)
    mine, theirs = await register(party, ticket), await register(party, ticket)
    operators = party.public.client.client_id
    for client_id in (theirs["client_id"], operators, "nobody", "", "\x00", "\ud800", "x" * 10_000):
        for token in (mine["registration_access_token"], ticket, ""):
            call = call_of(party, token, metadata())
            await refused("invalid_token", rfc7591.read(party.server, call, client_id), status=401)
            await refused("invalid_token", rfc7591.update(party.server, call, client_id), status=401)
            await refused("invalid_token", rfc7591.remove(party.server, call, client_id), status=401)


async def test_a_removed_client_is_gone(party: Party) -> None:
    """Its token manages nothing any more, and its id is not given again."""
    client = await register(party, await ticket_of(party))
    call = call_of(party, client["registration_access_token"], {}, method="DELETE")
    await rfc7591.remove(party.server, call, client["client_id"])
    await refused("invalid_token", rfc7591.read(party.server, call, client["client_id"]), status=401)
    await refused("invalid_token", rfc7591.remove(party.server, call, client["client_id"]), status=401)


async def test_an_update_cannot_move_a_client(party: Party) -> None:
    """Id, integration and date stay; a request for another id is refused."""
    client = await register(party, await ticket_of(party))
    await refused("invalid_client_metadata", update(party, client, client_id=party.public.client.client_id))
    changed = await update(
        party, client, client_id=client["client_id"], client_name="New", integration_id="x"
    )
    assert (changed["client_id"], changed["client_name"]) == (client["client_id"], "New")
    assert changed["client_id_issued_at"] == client["client_id_issued_at"]


# Keys


def jwks(*keys: object) -> dict[str, Any]:
    """Return a key set."""
    return {
        "keys": [
            key.as_dict(private=False) if isinstance(key, ECKey | OKPKey | RSAKey) else key for key in keys
        ]
    }


P256 = ECKey.generate_key("P-256")
PUBLIC = P256.as_dict(private=False)
RSA = RSAKey.generate_key(2048).as_dict(private=True)
BAD_KEYS: list[object] = [
    None,
    "x",
    [],
    {},
    {"keys": []},
    {"keys": {}},
    {"keys": None},
    jwks("x"),
    jwks(7, PUBLIC),
    jwks({}),
    # private, or a secret
    jwks(P256.as_dict(private=True)),
    jwks(PUBLIC, OKPKey.generate_key("Ed25519").as_dict(private=True)),
    jwks(RSA),
    *[jwks(PUBLIC, {**RSAKey.import_key(RSA).as_dict(private=False), name: RSA[name]}) for name in "pq"],
    jwks({**PUBLIC, "oth": []}),
    jwks({**PUBLIC, "k": "AAAA"}),
    jwks(OctKey.generate_key(256).as_dict(private=True)),
    jwks(PUBLIC, {"kty": "oct"}),
    # none that could sign
    jwks(ECKey.generate_key("P-384")),
    jwks(ECKey.generate_key("secp256k1")),
    jwks(OKPKey.generate_key("X25519")),
    jwks(OKPKey.generate_key("Ed448")),
    jwks({**PUBLIC, "use": "enc"}),
    jwks({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}),
    jwks({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
    jwks({"kty": "RSA", "n": "A" * 300 + "AQAB", "e": "AQAB"}),
    jwks({"kty": "RSA", "n": RSA["n"][:171], "e": "AQAB"}),
    jwks({"kty": "RSA", "n": "_" * 4096, "e": "AQAB"}),
    jwks({"kty": "RSA", "n": RSA["n"], "e": RSA["n"]}),
    jwks({"kty": "RSA", "n": RSA["n"], "e": "AA"}),
    jwks({"kty": "RSA", "n": RSA["n"], "e": "AQAAAAAB"}),
    jwks({"kty": "RSA", "n": RSA["n"]}),
    jwks({"kty": "RSA", "n": 7, "e": "AQAB"}),
    jwks({"kty": "RSA", "n": "é" * 342, "e": "AQAB"}),
    # not on the curve, or no numbers at all
    jwks({**PUBLIC, "x": PUBLIC["y"]}),
    jwks({**PUBLIC, "x": "AAAA"}),
    jwks({**PUBLIC, "x": 7}),
    jwks({**PUBLIC, "x": None}),
    jwks({**PUBLIC, "x": "=!"}),
    jwks({**PUBLIC, "crv": ["P-256"]}),
    jwks({**PUBLIC, "kty": ["EC"]}),
    jwks({**PUBLIC, "kid": 7}),
    jwks({**PUBLIC, "key_ops": 7}),
    jwks({**PUBLIC, "use": "sig", "key_ops": ["encrypt"]}),
    jwks({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}),
    # too much
    jwks(*[PUBLIC] * (MOST_KEYS + 1)),
    jwks({**PUBLIC, "x5c": ["A" * 20_000]}),
]


async def test_what_is_no_public_key_is_refused(party: Party) -> None:
    """Private and symmetric keys, keys that cannot sign, and what is no key."""
    ticket = await ticket_of(party)
    for keys in BAD_KEYS:
        error = await refused("invalid_client_metadata", register(party, ticket, jwks=keys))
        assert "jwks" in error.message


async def test_a_replaced_key_is_of_no_use(party: Party) -> None:
    """Who changes the keys shuts out whoever has the old one, from the next request on."""
    old, new = Signer(), Signer()
    client = await register(party, await ticket_of(party), jwks=jwks(old.key))

    async def app_of(identity: Signer) -> App:
        async with party.world.store.reading() as transaction:
            stored = await transaction.client(client["client_id"])
        assert stored is not None
        return App(stored, identity=identity)

    await rfc9126.push(party.server, party.request(await app_of(old)))
    await update(party, client, jwks=jwks(new.key))
    stolen = rfc9126.push(party.server, party.request(await app_of(old)))
    await refused("invalid_client", stolen, "registered key")
    await rfc9126.push(party.server, party.request(await app_of(new)))


async def test_keys_of_other_kinds_may_stand_beside(party: Party) -> None:
    """What is not understood is ignored (RFC 7517 section 5), as long as one key can sign."""
    keys = jwks({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}, ECKey.generate_key("P-384"), P256)
    client = await register(party, await ticket_of(party), jwks=keys)
    app = App(party.confidential.client, identity=Signer(P256))
    async with party.world.store.reading() as transaction:
        stored = await transaction.client(client["client_id"])
    assert stored is not None
    app.client = stored
    assert (await party.authorize(app))["token_type"] == "DPoP"


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/jwks",
        "http://127.0.0.1:8080/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_no_key_is_fetched(party: Party, uri: str) -> None:
    """A `jwks_uri` is refused by name, beside keys too: this server connects to nobody for a client."""
    ticket = await ticket_of(party)
    for keys in (None, jwks(P256)):
        await refused(
            "invalid_client_metadata", register(party, ticket, jwks_uri=uri, jwks=keys), "fetches nothing"
        )


# The rest of the metadata


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://app.example/cb"}, "invalid_client_metadata"),
        ({"redirect_uris": [7]}, "invalid_client_metadata"),
        ({"redirect_uris": ["http://app.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [REDIRECT, "https://app.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example/\x00"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example/\ud800"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"https://app.example/{n}" for n in range(17)]}, "invalid_redirect_uri"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"response_types": ["code", "code id_token"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": ["none"]}, "invalid_client_metadata"),
        (
            {"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]},
            "invalid_client_metadata",
        ),
        ({"dpop_bound_access_tokens": "false"}, "invalid_client_metadata"),
        ({"dpop_bound_access_tokens": 0}, "invalid_client_metadata"),
        ({"client_name": None}, "invalid_client_metadata"),
        ({"client_name": ""}, "invalid_client_metadata"),
        ({"client_name": "  "}, "invalid_client_metadata"),
        ({"client_name": "x" * 201}, "invalid_client_metadata"),
        ({"client_name": "Lumen\u202ebuH"}, "invalid_client_metadata"),
        ({"client_name": "Lumen\nHub"}, "invalid_client_metadata"),
        ({"client_name": "Lumen\x00"}, "invalid_client_metadata"),
        ({"client_name": "Lumen\ud800"}, "invalid_client_metadata"),
        ({"client_name": ["Lumen"]}, "invalid_client_metadata"),
    ],
)
async def test_metadata_that_this_server_does_not_offer_is_refused(
    party: Party, changed: dict[str, Any], error: str
) -> None:
    """By name, and nothing is registered; nor can it be brought in by an update."""
    ticket = await ticket_of(party)
    client = await register(party, ticket)
    await refused(error, register(party, ticket, **changed))
    await refused(error, update(party, client, **changed))


async def test_a_registered_client_is_what_it_was_told(party: Party) -> None:
    """What the answer says is what the server goes by, and holds no secret but the management token."""
    client = await register(party, await ticket_of(party), token_endpoint_auth_method="none", jwks=None)
    assert client == {
        "client_id": client["client_id"],
        "client_id_issued_at": party.now // 1000,
        "client_name": "Lumen Hub",
        "token_endpoint_auth_method": "none",
        "redirect_uris": [REDIRECT],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "dpop_bound_access_tokens": True,
        "registration_access_token": client["registration_access_token"],
        "registration_client_uri": f"{URI}/{client['client_id']}",
    }
    assert json.dumps(client)


async def test_a_document_that_is_none_is_refused(party: Party) -> None:
    """An empty one has no name, and registers nothing."""
    with pytest.raises(ProtocolError) as caught:
        await rfc7591.register(party.server, call_of(party, await ticket_of(party), {}))
    assert caught.value.error in ("invalid_client_metadata", "invalid_redirect_uri")
