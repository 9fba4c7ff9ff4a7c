"""Sign-in by an OpenID provider: the state, what is asked, and what is done with the answer."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from bailment.config import OpenIdConfig
from bailment.model.errors import Unavailable
from bailment.oauth.id_token import SignInFailed
from bailment.oauth.openid import AGAIN_MS, FETCHED_LIFE_MS, STATE_LIFE_MS, OpenId
from bailment.oauth.rfc7636 import check_verifier
from bailment.oauth.sessions import Visit, new_visit
from tests.support.world import NOW, World, open_world, person

ISSUER, ORIGIN = "https://id.example/realm", "https://gateway.example"
CONFIG = OpenIdConfig(ISSUER, "bail:ment", "a secret/with +signs")
THEN = "/consent/a-path"


@dataclass
class Provider:
    """An OpenID provider as its endpoints: what it announces, signs, and was asked."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    changed: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    challenge: str = ""
    answer: bytes | None = None
    fails: bool = False
    fetched: list[str] = field(default_factory=list)

    async def fetch(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
        self.fetched.append(urlsplit(url).path)
        if self.fails:
            raise Unavailable("no provider")
        if url == f"{ISSUER}/.well-known/openid-configuration":
            return json.dumps(self._metadata()).encode()
        if url == f"{ISSUER}/keys":
            return json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        assert url == f"{ISSUER}/token"
        assert body is not None
        form = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
        assert b64decode(headers["authorization"].removeprefix("Basic ")).decode() == (
            "bail%3Ament:a+secret%2Fwith+%2Bsigns"
        )
        assert (form["grant_type"], form["redirect_uri"]) == (
            "authorization_code",
            f"{ORIGIN}/sign-in/provider/callback",
        )
        check_verifier(form["code_verifier"], self.challenge)
        return self.answer if self.answer is not None else json.dumps({"id_token": self._token()}).encode()

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "HS256"],
            **self.changed,
        }

    def _token(self) -> str:
        now_s = NOW // 1000
        usual = {"iss": ISSUER, "aud": CONFIG.client_id, "sub": "1", "exp": now_s + 60, "iat": now_s}
        claims = {**usual, "nonce": self.nonce, **self.claims}
        return jws.serialize_compact({"alg": "ES256", "kid": self.key.kid}, json.dumps(claims), self.key)


@dataclass
class Scene:
    """A provider, the sign-in over it, and a browser."""

    provider: Provider
    openid: OpenId
    visit: Visit

    async def start(self, now: int = NOW) -> dict[str, str]:
        """Start, and let the provider hear what was asked."""
        url = await self.openid.start(self.visit, THEN, now)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.provider.nonce, self.provider.challenge = asked["nonce"], asked["code_challenge"]
        return asked

    async def finish(self, state: str, **changed: str) -> tuple[int, str]:
        """Come back with a code."""
        return await self.openid.finish(self.visit, {"code": "a code", "state": state, **changed}, NOW)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a platform with two people."""
    async with open_world(tmp_path) as world:
        await world.people(person(1), person(2))
        yield world


@pytest.fixture
def scene(world: World) -> Scene:
    """Give a provider that is as it should be."""
    provider = Provider()
    return Scene(provider, OpenId(CONFIG, provider, world.store, ORIGIN), new_visit(NOW))


async def test_the_person_of_the_claim_is_signed_in(scene: Scene) -> None:
    """Code, PKCE, nonce and state go out; the person and the way to go on come back."""
    asked = await scene.start()
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (
        "code",
        "openid",
        "S256",
    )
    assert asked["client_id"] == CONFIG.client_id
    assert THEN not in asked["state"]
    assert await scene.finish(asked["state"]) == (1, THEN)


async def test_nothing_is_the_same_twice(scene: Scene) -> None:
    """State, nonce and challenge are new each time."""
    one, other = await scene.start(), await scene.start()
    for name in ("state", "nonce", "code_challenge"):
        assert one[name] != other[name]


async def test_a_state_opens_in_its_own_browser_only(scene: Scene) -> None:
    """Login CSRF: an answer that somebody else's browser was sent for signs nobody in."""
    asked = await scene.start()
    scene.visit = new_visit(NOW)
    with pytest.raises(SignInFailed):
        await scene.finish(asked["state"])
    assert "/realm/token" not in scene.provider.fetched


@pytest.mark.parametrize("state", ["", "x", "AAAA", "é", "A" * 200])
async def test_a_state_that_we_did_not_make_opens_nothing(scene: Scene, state: str) -> None:
    """No state, an odd one, one that somebody made up."""
    with pytest.raises(SignInFailed):
        await scene.finish(state)


async def test_a_state_is_good_for_a_quarter_of_an_hour(scene: Scene) -> None:
    """Whoever comes back later starts again."""
    asked = await scene.start(NOW - STATE_LIFE_MS)
    with pytest.raises(SignInFailed):
        await scene.finish(asked["state"])


async def test_a_code_of_another_request_has_another_nonce(scene: Scene) -> None:
    """A code injected from another request of the same browser brings a token with the wrong nonce."""
    await scene.start()
    other_nonce, other_challenge = scene.provider.nonce, scene.provider.challenge
    asked = await scene.start()
    scene.provider.nonce = other_nonce
    with pytest.raises(SignInFailed):
        await scene.finish(asked["state"])
    assert other_challenge != scene.provider.challenge


@pytest.mark.parametrize(
    ("announced", "issuer", "good"),
    [
        (False, None, True),
        (False, ISSUER, True),
        (True, ISSUER, True),
        (True, None, False),
        (False, "https://evil.example", False),
        (True, ISSUER + "/", False),
    ],
)
async def test_the_issuer_of_the_answer_is_checked(
    scene: Scene,
    announced: bool,  # noqa: FBT001 - cases of one table
    issuer: str | None,
    good: bool,  # noqa: FBT001 - cases of one table
) -> None:
    """Mix-up of issuers (RFC 9207): where it is announced it must be there, and it is always right."""
    scene.provider.changed["authorization_response_iss_parameter_supported"] = announced
    asked = await scene.start()
    given = {} if issuer is None else {"iss": issuer}
    if good:
        assert (await scene.finish(asked["state"], **given))[0] == 1
    else:
        with pytest.raises(SignInFailed):
            await scene.finish(asked["state"], **given)


async def test_a_refusal_signs_nobody_in(scene: Scene) -> None:
    """`error` instead of a code, or neither."""
    asked = await scene.start()
    for changed in ({"error": "access_denied"}, {"code": ""}):
        with pytest.raises(SignInFailed):
            await scene.finish(asked["state"], **changed)


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"id_token": 1}', b"\xff", b'{"id_token": "x"}'])
async def test_an_odd_token_answer_signs_nobody_in(scene: Scene, answer: bytes) -> None:
    """Whatever the token endpoint gives instead of a token."""
    asked = await scene.start()
    scene.provider.answer = answer
    with pytest.raises(SignInFailed):
        await scene.finish(asked["state"])


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", "3"),
        ("sub", "01"),
        ("sub", "-1"),
        ("sub", "1 "),
        ("sub", "\uff11"),
        ("sub", ""),
        ("sub", True),
        ("sub", None),
        ("sub", ["1"]),
        ("sub", "9" * 30),
    ],
)
async def test_only_a_person_who_is_here_is_signed_in(scene: Scene, claim: str, value: object) -> None:
    """The claim is the id of a person as we spell it, and there is that person."""
    asked = await scene.start()
    scene.provider.claims[claim] = value
    with pytest.raises(SignInFailed):
        await scene.finish(asked["state"])


async def test_another_claim_can_hold_the_person(world: World) -> None:
    """A platform names the claim in which its provider puts the id, as text or number."""
    provider = Provider(claims={"sub": "opaque", "person": 2})
    config = OpenIdConfig(ISSUER, CONFIG.client_id, CONFIG.client_secret, "person")
    scene = Scene(provider, OpenId(config, provider, world.store, ORIGIN), new_visit(NOW))
    asked = await scene.start()
    assert (await scene.finish(asked["state"]))[0] == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example"},
        {"issuer": ISSUER + "/"},
        {"token_endpoint": "http://id.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 1},
    ],
)
async def test_metadata_of_another_issuer_or_scheme_are_refused(
    scene: Scene, changed: dict[str, Any]
) -> None:
    """A secret goes to the configured issuer's https endpoints or nowhere."""
    scene.provider.changed.update(changed)
    with pytest.raises(Unavailable):
        await scene.start()


async def test_a_provider_that_does_not_answer_is_unavailable(scene: Scene) -> None:
    """Nobody is sent anywhere when the provider cannot be asked."""
    scene.provider.fails = True
    with pytest.raises(Unavailable):
        await scene.start()


async def test_metadata_and_keys_are_kept_for_ten_minutes(scene: Scene) -> None:
    """Two sign-ins ask once; a later one asks again."""
    await scene.start()
    await scene.start(NOW + FETCHED_LIFE_MS - 1)
    assert len(scene.provider.fetched) == 2
    await scene.start(NOW + FETCHED_LIFE_MS)
    assert len(scene.provider.fetched) == 4


async def test_a_new_key_of_the_provider_is_fetched(scene: Scene) -> None:
    """After a change of keys the next sign-in works, and made-up key ids do not make us ask all the time."""
    asked = await scene.start(NOW - AGAIN_MS)
    scene.provider.key = ECKey.generate_key("P-256", {"kid": "two"})
    assert (await scene.finish(asked["state"]))[0] == 1
    asked = await scene.start()
    scene.provider.key = ECKey.generate_key("P-256", {"kid": "three"})
    with pytest.raises(SignInFailed):
        await scene.finish(asked["state"])
