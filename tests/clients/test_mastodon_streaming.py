"""Mastodon.py streams from a real server, by server-sent events."""

import queue
from collections.abc import Iterator
from typing import Any

import mastodon
import pytest

from tests.support.mastodon_server import take_apps, token_of
from tests.support.server import GatewayServer, gateway
from tests.support.small_world import OPEN, USER

WAIT_S = 30


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    """Give a gateway whose agreement takes apps."""
    with gateway(tmp_path_factory.mktemp("gateway")) as running:
        take_apps(running)
        yield running


class _Listener(mastodon.StreamListener):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, Any]] = queue.Queue()

    def on_update(self, status: Any) -> None:  # noqa: ANN401 - whatever the library makes of it
        self.heard.put(("update", status))

    def on_notification(self, notification: Any) -> None:  # noqa: ANN401 - as above
        self.heard.put(("notification", notification))

    def on_delete(self, status_id: Any) -> None:  # noqa: ANN401 - as above
        self.heard.put(("delete", status_id))

    def next(self, seconds: float) -> tuple[str, Any] | None:
        """Return what is heard next, None where nothing is."""
        try:
            return self.heard.get(timeout=seconds)
        except queue.Empty:
            return None

    def on_abort(self, err: Exception) -> None:
        """Pass over the end: the test ends the stream."""


def _app(server: GatewayServer, person_id: int) -> mastodon.Mastodon:
    return mastodon.Mastodon(
        access_token=token_of(server, person_id), api_base_url=server.url, ratelimit_method="throw"
    )


def test_it_hears_of_statuses_likes_and_deletions(server: GatewayServer) -> None:
    """As its listener is told by any server of that protocol."""
    ada, friend, listener = _app(server, USER), _app(server, OPEN), _Listener()
    assert ada.stream_healthy()
    mine = ada.status_post("mine")
    handle = ada.stream_user(listener, run_async=True)
    try:
        # The library says nowhere that a stream is open: what was posted before that is not heard of.
        posted = friend.status_post("hello")
        while (first := listener.next(1)) is None:
            posted = friend.status_post("hello")
        assert (first[0], first[1].content) == ("update", "<p>hello</p>")
        friend.status_favourite(mine)
        friend.status_delete(posted)
        heard: dict[str, Any] = {}
        while not {"notification", "delete"} <= set(heard):
            told = listener.next(WAIT_S)
            assert told is not None, heard
            heard[told[0]] = told[1]
        assert (heard["notification"].type, heard["notification"].status.id) == ("favourite", mine.id)
        assert str(heard["delete"]) == str(posted.id)
    finally:
        handle.close()
