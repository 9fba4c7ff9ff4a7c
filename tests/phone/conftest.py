"""A real gateway for phones."""

from tests.support.server import http, server, shared_server

__all__ = ["http", "server", "shared_server"]
