r"""A client that takes its time: a small window, and a byte now and then.

with SlowReader("127.0.0.1", port) as reader:
    reader.send(b"GET / HTTP/1.1\r\nhost: gateway\r\n\r\n")
    taken = reader.read_until_cut()
"""

import re
import select
import socket
from types import TracebackType
from typing import Self

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_WINDOW = 4_096
_PATIENCE_MS, _MOST_LOOKS = 100, 900
_WAIT_S = 60


class SlowReader:
    """One connection; `taken` is all that it has read."""

    def __init__(self, host: str, port: int, *, local: tuple[str, int] | None = None) -> None:
        """Connect, from a local address if one is given."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
        self._socket.settimeout(_WAIT_S)
        if local is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(local)
        self._socket.connect((host, port))
        self.taken = b""

    @property
    def name(self) -> tuple[str, int]:
        """The address and port that the server sees."""
        address, port = self._socket.getsockname()[:2]
        return address, port

    def __enter__(self) -> Self:
        """Use it in a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._socket.close()

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._socket.sendall(request)

    def read_some(self) -> None:
        """Wait for an answer, and read a little of it."""
        self.taken += self._socket.recv(64)

    def read_until_cut(self) -> bytes:
        """Read a byte now and then until the connection has ended; return all that ever came."""
        poll = select.poll()
        # Data in the buffer is no event: only the end of the connection is.
        poll.register(self._socket, select.POLLERR | select.POLLHUP)
        looks = 0
        while not poll.poll(_PATIENCE_MS):
            looks += 1
            assert looks < _MOST_LOOKS, "nobody cuts it"
            with self._at_once():
                self.taken += self._socket.recv(1)
        try:
            while more := self._socket.recv(65_536):
                self.taken += more
        except ConnectionResetError:
            pass
        return self.taken

    def read_answer(self) -> bytes:
        """Read one whole answer, as fast as it comes."""
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += self._more()
        head, _, body = raw.partition(b"\r\n\r\n")
        length = length_of(head + b"\r\n\r\n")
        while len(body) < length:
            body += self._more()
        return head + b"\r\n\r\n" + body

    def _more(self) -> bytes:
        more = self._socket.recv(1 << 20)
        if not more:
            raise EOFError
        return more

    def _at_once(self) -> "_NotBlocking":
        return _NotBlocking(self._socket)


class _NotBlocking:
    """Makes a socket give what is there and nothing else."""

    def __init__(self, each: socket.socket) -> None:
        self._socket = each

    def __enter__(self) -> None:
        self._socket.settimeout(0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._socket.settimeout(_WAIT_S)
        # Nothing there, or the end of it, which the poll tells as well.
        return kind is not None and issubclass(kind, (BlockingIOError, ConnectionResetError))


def length_of(raw: bytes) -> int:
    """Return the length that the head of an answer says its body has."""
    found = _LENGTH.search(raw)
    assert found is not None
    return int(found.group(1))
