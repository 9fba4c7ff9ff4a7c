"""The peer for tokens: oidc-provider on node, from the packages that `bench/node` locks.

    with oidc_provider() as peer:
        load = run_load(peer.server.port, peer.refresh(3.0), 3.0)

What it does for each token is what ours does: check a DPoP proof, remember it, and (for the confidential
client) check a client assertion; refresh tokens rotate, tokens are opaque, and none comes with a signed ID
token. It differs in two things, both in its favour: it wants no nonce in the proof, and it keeps all in one
process's memory, nothing durable.

`refresh` and `client_credentials` have the form of `bench.read500.Requests`, so `Measured` takes them.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.load import pin
from bench.oauth_requests import (
    ConfidentialClient,
    SigningKey,
    client_credentials_requests,
    refresh_requests,
)
from bench.running import SERVER_CORE, Running
from bench.world import free_port
from tests.support.node_process import ROOT, NodeProcess, NoNodeError, install_packages, node_process

__all__ = ["NoNodeError", "Peer", "oidc_provider"]

CONNECTIONS = 16
# The rate for which requests are signed beforehand; a server that is faster ends its window early.
MOST_RATE = 3_000
PUBLIC_CLIENT, CONFIDENTIAL_CLIENT = "bench-device", "bench-server"
RESOURCE, SCOPE = "http://127.0.0.1/people", "contacts"


@dataclass(frozen=True, slots=True)
class Peer:
    """A running oidc-provider; each of the connections has a proof key of its own, as each device has."""

    server: Running
    version: str
    client: ConfidentialClient
    keys: Sequence[SigningKey]
    process: NodeProcess

    @property
    def token_url(self) -> str:
        """Its token endpoint."""
        return f"http://127.0.0.1:{self.server.port}/token"

    def refresh(self, seconds: float) -> Sequence[Sequence[bytes]]:
        """Return the requests of a window, for each connection: refreshes of a public client."""
        count = self._share(seconds)
        return [
            refresh_requests(self.token_url, key, PUBLIC_CLIENT, self.mint(key.thumbprint, count))
            for key in self.keys
        ]

    def client_credentials(self, seconds: float) -> Sequence[Sequence[bytes]]:
        """Return the requests of a window, for each connection: tokens for a confidential client."""
        count = self._share(seconds)
        return [
            client_credentials_requests(self.token_url, key, self.client, count, extra={"scope": SCOPE})
            for key in self.keys
        ]

    def mint(self, thumbprint: str, count: int) -> list[str]:
        """Make refresh tokens of the public client that are bound to a key, each with its own grant."""
        self.process.tell({"jkt": thumbprint, "count": count})
        tokens: list[str] = self.process.hear()["refresh_tokens"]
        return tokens

    def _share(self, seconds: float) -> int:
        return int(MOST_RATE * seconds / len(self.keys)) + 1


@contextmanager
def oidc_provider() -> Iterator[Peer]:
    """Run the peer on the server's core until the block ends.

    Raises:
        NoNodeError: node or npm is missing, or the packages cannot be installed.
    """
    place = install_packages(ROOT / "bench" / "node", "node-bench")
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    client = ConfidentialClient(CONFIDENTIAL_CLIENT, SigningKey.make(), issuer)
    settings = {
        "public_client": PUBLIC_CLIENT,
        "confidential_client": CONFIDENTIAL_CLIENT,
        "confidential_jwk": client.key.jwk,
        "resource": RESOURCE,
        "scope": SCOPE,
        "rotate": True,
        "require_nonce": False,
    }
    with node_process(place / "provider.mjs", str(port), json.dumps(settings)) as process:
        started = process.hear()
        pin(process.process_id, SERVER_CORE)
        keys = [SigningKey.make() for _ in range(CONNECTIONS)]
        version = f"oidc-provider {started['version']} on node {started['node']}"
        yield Peer(Running(port, process.process_id), version, client, keys, process)
