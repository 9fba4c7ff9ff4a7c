"""A real gateway, and an app with a password at it."""

from collections.abc import Iterator

import pytest
from httpx import Client

from tests.support.card_client import CardClient, secret_of, take_secrets
from tests.support.server import GatewayServer, gateway, http, server

__all__ = ["http", "server"]


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway whose agreement takes passwords, for tests that change no deciding fact."""
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        take_secrets(running)
        yield running


@pytest.fixture
def app(shared_server: GatewayServer, http: Client) -> CardClient:
    """Give a device of the test's own at the shared gateway."""
    return CardClient(shared_server, http, secret_of(shared_server))


@pytest.fixture
def own_app(server: GatewayServer, http: Client) -> CardClient:
    """Give a device at a gateway of the test's own."""
    take_secrets(server)
    return CardClient(server, http, secret_of(server))
