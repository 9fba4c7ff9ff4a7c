"""A real gateway with two clients registered over HTTP."""

import pytest
from httpx import Client

from tests.support.oauth_http import HttpApp, register
from tests.support.server import GatewayServer, http, server, shared_server

__all__ = ["http", "phone", "server", "service", "shared_server"]


@pytest.fixture
def phone(shared_server: GatewayServer, http: Client) -> HttpApp:
    """Give a public client."""
    return register(shared_server, http, public=True)


@pytest.fixture
def service(shared_server: GatewayServer, http: Client) -> HttpApp:
    """Give a confidential client."""
    return register(shared_server, http)
