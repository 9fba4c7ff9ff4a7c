"""Foreign makes on node for tests: a real OpenID Provider, a real client, and axe-core for pages.

    with openid_provider(port, "http://127.0.0.1:8080/callback") as provider: ...
    with node_client({"issuer": ..., "client_id": ..., "mode": "authorize"}) as client:
        url = client.expect("authorize")["url"]

The packages stand in `.venv/node-tests`, from the lock in `tests/node`. Where they cannot be had a test
skips and says why; under continuous integration (`CI` is set) it fails, so that what foreign makes say of
ours cannot go missing unseen.
"""

import functools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.support.node_process import ROOT, NodeProcess, NoNodeError, install_packages, node_process

__all__ = ["NodeClient", "OpenIdProvider", "axe_source", "node_client", "node_modules", "openid_provider"]

Json = dict[str, Any]
ClientAuthentication = Literal["client_secret_basic", "private_key_jwt"]
CLIENT_ID, CLIENT_SECRET = "bailment", "a secret of at least thirty-two bytes"


def node_modules() -> Path:
    """Return the folder `node_modules` with what `tests/node` locks, installed once."""
    return _place() / "node_modules"


def axe_source() -> str:
    """Return axe-core's `axe.min.js`, for a page to run."""
    return (node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@functools.cache
def _place() -> Path:
    try:
        return install_packages(ROOT / "tests" / "node", "node-tests")
    except NoNodeError as missing:
        reason = f"needs node and its packages: {missing}"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """A running OpenID Provider, and the client of it that Bailment is."""

    issuer: str
    client_id: str
    client_secret: str
    process: NodeProcess


@contextmanager
def openid_provider(
    port: int,
    redirect_uri: str | Sequence[str],
    *,
    authentication: ClientAuthentication = "client_secret_basic",
    client_jwk: Mapping[str, str] | None = None,
    signing_alg: Literal["ES256", "RS256"] = "ES256",
    sub: str = "somebody",
    accounts: Mapping[str, Json] | None = None,
    clients: Sequence[Json] = (),
    require_nonce: bool = False,
) -> Iterator[OpenIdProvider]:
    """Run an OpenID Provider on 127.0.0.1 that signs in whoever `login_hint` names, else `sub`.

    `client_jwk` is the public key of a client with `private_key_jwt`. `accounts` has the claims of each
    sub. `clients` are further clients' metadata. The login hint `refuse` answers `access_denied`.
    PKCE is required of every client. `require_nonce` asks for a nonce in DPoP proofs.
    """
    bailment: Json = {
        "client_id": CLIENT_ID,
        "redirect_uris": [redirect_uri] if isinstance(redirect_uri, str) else list(redirect_uri),
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "id_token_signed_response_alg": signing_alg,
        "token_endpoint_auth_method": authentication,
    }
    if authentication == "private_key_jwt":
        assert client_jwk is not None, "private_key_jwt needs the client's public key"
        bailment |= {"jwks": {"keys": [dict(client_jwk)]}, "token_endpoint_auth_signing_alg": "ES256"}
    else:
        bailment["client_secret"] = CLIENT_SECRET
    settings = {
        "clients": [bailment, *clients],
        "accounts": dict(accounts or {}),
        "sub": sub,
        "require_nonce": require_nonce,
    }
    with node_process(_place() / "provider.mjs", str(port), json.dumps(settings)) as process:
        issuer = process.hear()["issuer"]
        yield OpenIdProvider(issuer, CLIENT_ID, bailment.get("client_secret", ""), process)


class NodeClient:
    """A run of `tests/node/client.mjs`, which says what it takes and tells."""

    def __init__(self, process: NodeProcess) -> None:
        """Speak with the client in `process`."""
        self._process = process

    def expect(self, event: str) -> Json:
        """Read up to the event of that name and return it; an error that was not expected fails the test."""
        while True:
            message = self._process.hear()
            if message["event"] == event:
                return message
            assert message["event"] != "error", message

    def come_back(self, url: str) -> None:
        """Give it the URL at which the browser came back to its redirect URI."""
        self._process.tell({"callback": url})


@contextmanager
def node_client(settings: Mapping[str, Any]) -> Iterator[NodeClient]:
    """Run a client of a foreign make; `tests/node/client.mjs` says what the settings are."""
    with node_process(_place() / "client.mjs") as process:
        process.tell(settings)
        yield NodeClient(process)
