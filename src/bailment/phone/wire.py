"""HTTP from the standard library: one kept-alive connection, gzip, bounded answers, no redirects."""

import contextlib
import http.client
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bailment.model.errors import Malformed, Unavailable

MOST_BODY = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A response; header names in lower case, the body decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """A connection to one origin, opened when needed and kept while the other side keeps it."""

    def __init__(self, url: str, timeout_s: float) -> None:
        """Speak to the origin `url`, like https://gateway.example.

        Raises:
            Malformed: it is no origin.
        """
        try:
            parts = urlsplit(url)
            self._host, self._port, self._scheme = parts.hostname, parts.port, parts.scheme
        except ValueError as error:
            raise Malformed("not a URL", where="url") from error
        if self._scheme not in ("http", "https") or not self._host or parts.path.strip("/") or parts.query:
            raise Malformed("give the gateway's origin, like https://gateway.example", where="url")
        self.origin = f"{self._scheme}://{parts.netloc}"
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None

    def send(
        self,
        method: str,
        path: str,
        headers: Callable[[], Mapping[str, str]],
        body: bytes | None = None,
    ) -> Received:
        """Send a request and return the whole answer.

        A read on a connection that the other side had closed meanwhile is sent once more, with new
        headers: a proof is good only once. What changes something is never sent twice.

        Raises:
            Malformed: a header cannot be sent.
            Unavailable: no answer within the timeout, or a broken one.
        """
        reused = self._connection is not None
        try:
            try:
                return self._exchange(method, path, headers(), body)
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if not reused or method != "GET":
                    raise
                return self._exchange(method, path, headers(), body)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self.close()
            raise Unavailable(
                f"no answer from {self.origin}: {str(error) or type(error).__name__}"
            ) from error
        except ValueError as error:
            self.close()
            raise Malformed("a value cannot be sent as a header", where=path.partition("?")[0]) from error

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Received:
        connection = self._open()
        connection.request(method, path, body, {"Accept-Encoding": "gzip", **headers})
        response = connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        content = _body(response, gzip=received.get("content-encoding") == "gzip")
        return Received(response.status, received, content)

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
            self._connection = kind(str(self._host), self._port, timeout=self._timeout_s)
        return self._connection


def _body(response: http.client.HTTPResponse, *, gzip: bool) -> bytes:
    """Read and decompress a body, and no more than its limit: a small answer may unfold to a huge one."""
    with contextlib.closing(response):
        raw = response.read(MOST_BODY + 1)
        # Reading a limited amount does not say by itself that the other side stopped early.
        whole = not response.length
    if gzip and raw:
        unfold = zlib.decompressobj(zlib.MAX_WBITS | 16)
        raw = unfold.decompress(raw, MOST_BODY + 1)
        whole = whole and unfold.eof
    if not whole or len(raw) > MOST_BODY:
        raise http.client.HTTPException("the answer was cut off, or is too large")
    return raw
