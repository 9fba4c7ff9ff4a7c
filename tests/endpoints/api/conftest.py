"""A real gateway for the API."""

from tests.support.server import http, server, shared_server

__all__ = ["http", "server", "shared_server"]
