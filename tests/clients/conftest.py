"""A real gateway for clients of foreign makes."""

from tests.support.server import http, server, shared_server

__all__ = ["http", "server", "shared_server"]
