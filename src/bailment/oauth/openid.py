"""Sign-in by the platform's own OpenID provider: OpenID Connect Core 1.0, the code flow, as a relying party.

The steps, as the code labels them:

1.  the provider's metadata are those of the configured issuer, to the letter (Discovery 1.0 section 4.3)
2.  `state` is made for this browser: what to go on to and until when, encrypted under a key of the session.
    It comes back to the same browser or it opens nothing (login CSRF), and says nothing to the provider
3.  PKCE with S256 (RFC 7636) and `nonce`: both derive from the session and the state, so nothing is stored,
    and a code that somebody got for themselves is of no use in another browser
4.  `iss` of the answer, where it is there or announced, is the issuer (RFC 9207: mix-up)
5.  the code is exchanged with client_secret_basic, the one method that every provider must have
6.  the ID token is signed by the provider, and for us: `oauth.id_token`
7.  the configured claim is a person's id, and there is such a person

The session changes at sign-in, so a state is good once. Keys and metadata are kept for ten minutes; a key
that is not known makes us ask again, once a minute at most.
"""

import hashlib
import re
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc.jwk import Key

from bailment.config import OpenIdConfig
from bailment.model.encoding import base64url
from bailment.model.errors import Unavailable
from bailment.oauth.id_token import (
    Expected,
    SignInFailed,
    check_claims,
    key_id,
    public_keys,
    verified_claims,
)
from bailment.oauth.ports import OAuthStore
from bailment.oauth.rfc7636 import METHOD
from bailment.oauth.sessions import Visit
from bailment.seal.secret import random_bytes

T = TypeVar("T")
STATE_LIFE_MS = 15 * 60_000
FETCHED_LIFE_MS = 10 * 60_000
AGAIN_MS = 60_000
_NONCE_BYTES, _EXPIRY_BYTES = 12, 8
_PERSON = re.compile(r"0|[1-9][0-9]{0,18}")
_DISCOVERY = "/.well-known/openid-configuration"


class Web(Protocol):
    """HTTP to the provider; see `store.openid_http`."""

    async def fetch(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
        """Return the body of a 200: of a GET, or of a POST where there is a body.

        Raises:
            Unavailable: no such answer.
        """


class _Metadata(msgspec.Struct):
    """What is used of the provider's metadata (OpenID Connect Discovery 1.0 section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    id_token_signing_alg_values_supported: list[str] = msgspec.field(default_factory=lambda: ["RS256"])
    authorization_response_iss_parameter_supported: bool = False


class _Keys(msgspec.Struct):
    keys: list[dict[str, Any]]


class _Tokens(msgspec.Struct):
    id_token: str


@dataclass(slots=True)
class _Known:
    """What was fetched from the provider, and when (Unix ms)."""

    metadata: _Metadata
    keys: list[Key]
    fetched_at: int


class OpenId:
    """Sign-in at one provider, for the pages at one origin."""

    def __init__(self, config: OpenIdConfig, web: Web, store: OAuthStore, origin: str) -> None:
        """Rely on the provider that `config` names, reached over `web`."""
        self._config = config
        self._web = web
        self._store = store
        self._callback = f"{origin}/sign-in/provider/callback"
        self._known: _Known | None = None

    async def start(self, visit: Visit, then: str, now: int) -> str:
        """Return where the browser goes to sign in, so that it comes back and goes on to `then`.

        Raises:
            Unavailable: the provider does not say where.
        """
        known = await self._provider(now)
        mark = random_bytes(_NONCE_BYTES)
        parameters = {
            "response_type": "code",
            "client_id": self._config.client_id,
            "redirect_uri": self._callback,
            "scope": "openid",
            "state": self._seal(visit, mark, then, now),  # 2
            "nonce": _derived(visit, b"openid nonce", mark),  # 3
            "code_challenge": base64url(hashlib.sha256(_verifier(visit, mark).encode()).digest()),
            "code_challenge_method": METHOD,
        }
        endpoint = known.metadata.authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"

    async def finish(self, visit: Visit, answer: Mapping[str, str], now: int) -> tuple[int, str]:
        """Return (person, path to go on to) for what the provider answered.

        Raises:
            SignInFailed: it refused, or the answer is not one that this browser asked for.
            Unavailable: the provider does not answer us.
        """
        mark, then = self._open(visit, answer.get("state", ""), now)
        known = await self._provider(now)
        issuer = answer.get("iss")
        if issuer != self._config.issuer and (
            issuer is not None or known.metadata.authorization_response_iss_parameter_supported
        ):
            raise SignInFailed("the answer is of another issuer")  # 4
        if "error" in answer or not answer.get("code"):
            raise SignInFailed("the provider signed nobody in")
        token = await self._exchange(known.metadata, answer["code"], _verifier(visit, mark))
        claims = await self._claims(token, known, now)
        nonce = _derived(visit, b"openid nonce", mark)
        check_claims(claims, Expected(self._config.issuer, self._config.client_id, nonce), now)
        return await self._person(claims), then

    async def _exchange(self, metadata: _Metadata, code: str, verifier: str) -> str:
        """Exchange the code for an ID token. Step 5 (RFC 6749 sections 2.3.1 and 4.1.3)."""
        config = self._config
        secret = f"{quote_plus(config.client_id)}:{quote_plus(config.client_secret)}".encode()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
        }
        headers = {
            "authorization": f"Basic {b64encode(secret).decode()}",
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        try:
            raw = await self._web.fetch(metadata.token_endpoint, headers, urlencode(form).encode())
            return msgspec.json.decode(raw, type=_Tokens).id_token
        except (Unavailable, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise SignInFailed("the provider gave no ID token for the code") from error

    async def _claims(self, token: str, known: _Known, now: int) -> dict[str, Any]:
        """Return the claims of an ID token that is the provider's; a new key of its is fetched. Step 6."""
        kid = key_id(token)
        if not any(key.kid == kid for key in known.keys) and now - known.fetched_at >= AGAIN_MS:
            known = await self._fetch(now)
        return verified_claims(token, known.keys, known.metadata.id_token_signing_alg_values_supported)

    async def _person(self, claims: Mapping[str, Any]) -> int:
        """Return the person whose id the configured claim holds. Step 7."""
        value = claims.get(self._config.claim)
        text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if not _PERSON.fullmatch(text):
            raise SignInFailed("the claim that was configured holds no person's id")
        async with self._store.reading() as transaction:
            if not await transaction.person_exists(int(text)):
                raise SignInFailed("the provider knows somebody who is not here")
        return int(text)

    async def _provider(self, now: int) -> _Known:
        known = self._known
        if known is None or not 0 <= now - known.fetched_at < FETCHED_LIFE_MS:
            known = await self._fetch(now)
        return known

    async def _fetch(self, now: int) -> _Known:
        """Fetch metadata and keys. Step 1."""
        issuer = self._config.issuer
        raw = await self._web.fetch(issuer.rstrip("/") + _DISCOVERY, {"accept": "application/json"})
        metadata = _fetched(raw, _Metadata)
        if metadata.issuer != issuer:
            raise Unavailable("the OpenID provider's metadata are of another issuer")
        for url in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri):
            if not url.startswith(("https://", f"{urlsplit(issuer).scheme}://")):
                raise Unavailable("an endpoint of the OpenID provider is not https")
        raw = await self._web.fetch(metadata.jwks_uri, {"accept": "application/json"})
        self._known = _Known(metadata, public_keys(_fetched(raw, _Keys).keys), now)
        return self._known

    def _seal(self, visit: Visit, mark: bytes, then: str, now: int) -> str:
        told = (now + STATE_LIFE_MS).to_bytes(_EXPIRY_BYTES) + then.encode()
        return base64url(mark + self._box(visit).encrypt(mark, told, None))

    def _open(self, visit: Visit, state: str, now: int) -> tuple[bytes, str]:
        """Return what a state was made of (`mark`, `then`), if it was made for this browser. Step 2."""
        try:
            raw = urlsafe_b64decode(state + "=" * (-len(state) % 4))
            mark, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            told = self._box(visit).decrypt(mark, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise SignInFailed("the answer is not one that this browser asked for") from error
        if int.from_bytes(told[:_EXPIRY_BYTES]) <= now:
            raise SignInFailed("the answer came too late")
        return mark, told[_EXPIRY_BYTES:].decode()

    def _box(self, visit: Visit) -> AESGCM:
        return AESGCM(visit.derive(b"openid state " + self._config.issuer.encode()))


def _fetched(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Unavailable("the OpenID provider's answer is not what was asked for") from error


def _verifier(visit: Visit, mark: bytes) -> str:
    """Return the code verifier: 43 characters that nobody but this browser and we can know. Step 3."""
    return _derived(visit, b"openid verifier", mark)


def _derived(visit: Visit, use: bytes, mark: bytes) -> str:
    return base64url(visit.derive(use + mark))
