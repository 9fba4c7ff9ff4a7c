"""A client with a stream, and a receiver."""

from tests.support.events import receiver, scene

__all__ = ["receiver", "scene"]
