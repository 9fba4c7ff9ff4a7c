"""HTTP to the platform's OpenID provider: what counts as an answer."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bailment.cli.serving import free_port
from bailment.model.errors import Unavailable
from bailment.store import openid_http
from bailment.store.openid_http import OpenIdHttp


class _Provider(BaseHTTPRequestHandler):
    """Answers each path in its own way, and says what it was sent."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/redirect":
            self._answer(302, b"", location="/secret")
        elif self.path == "/large":
            self._answer(200, b"x" * 300_000)
        elif self.path == "/slow":
            threading.Event().wait(1)
            self._answer(200, b"late")
        elif self.path == "/teapot":
            self._answer(418, b"{}")
        elif self.path == "/created":
            self._answer(201, b"{}")
        elif self.path == "/broken":
            self.wfile.write(b"nonsense\r\n\r\n")
        else:
            self._answer(200, b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, body + (self.headers["authorization"] or "").encode())

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[str]:
    """Give the URL of a provider that misbehaves on demand."""
    _Provider.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


async def test_a_get_and_a_post_are_answered(provider: str) -> None:
    """The body comes back whole; a post carries its header fields."""
    web = OpenIdHttp()
    assert await web.fetch(f"{provider}/", {"accept": "application/json"}) == b"{}"
    assert await web.fetch(f"{provider}/", {"authorization": "Basic x"}, b"code=1&") == b"code=1&Basic x"


@pytest.mark.parametrize("path", ["/redirect", "/large", "/teapot", "/created", "/broken"])
async def test_anything_else_is_no_answer(provider: str, path: str) -> None:
    """No redirect is followed, no giant taken in, no other status mistaken for good."""
    with pytest.raises(Unavailable):
        await OpenIdHttp().fetch(f"{provider}{path}", {})
    assert _Provider.asked == [path]


async def test_a_slow_provider_is_not_waited_for(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some seconds it counts as not there."""
    monkeypatch.setattr(openid_http, "_TIMEOUT_S", 0.1)
    with pytest.raises(Unavailable):
        await OpenIdHttp().fetch(f"{provider}/slow", {})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "nonsense", "http://["]
)
async def test_nobody_there_is_unavailable(url: str) -> None:
    """A closed port, no TLS, no URL at all."""
    with pytest.raises(Unavailable):
        await OpenIdHttp().fetch(url.format(port=free_port()), {})
