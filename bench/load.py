"""A light HTTP/1.1 client: requests prepared beforehand, connections kept, every answer timed.

One thread over epoll, no parsing beyond status and length, so that the client on its core is not what is
measured. What it sends is complete bytes: signing and formatting happen before the window opens.
"""

import gc
import os
import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 262_144
_ASK_EVERY = 64
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(slots=True)
class Load:
    """What one window gave: `seconds` it lasted, each answer's latency in seconds and status.

    `client_cpu` is the share of a core that the client itself used: near 1, the client was measured.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    client_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def quantile_ms(self, share: float) -> float:
        """Return the latency below which `share` of the answers lie, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


class _Connection:
    """One kept connection with at most one request under way."""

    __slots__ = ("_head", "_left", "began", "raw", "requests", "status")

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.raw = socket.create_connection(("127.0.0.1", port))
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.raw.settimeout(0)
        self.requests = requests
        self.began = 0.0
        self.status = 0
        self._head = b""
        self._left = -1

    def send_next(self) -> bool:
        """Send the next request; False when there is none left."""
        request = next(self.requests, None)
        if request is None:
            return False
        self._left = -1
        self.began = time.perf_counter()
        if self.raw.send(request) != len(request):
            raise OSError("a request of a few hundred bytes did not fit the socket's buffer")
        return True

    def take(self, chunk: memoryview) -> bool:
        """Take bytes in; True when the answer is whole."""
        if self._left < 0:
            self._head += bytes(chunk)
            at = self._head.find(_HEAD_END)
            if at < 0:
                return False
            head = self._head[:at].lower()
            self.status = int(head[9:12])
            length = head.find(_LENGTH)
            expected = int(head[length + len(_LENGTH) :].split(b"\r", 1)[0]) if length >= 0 else 0
            self._left = expected - (len(self._head) - at - len(_HEAD_END))
            self._head = b""
        else:
            self._left -= len(chunk)
        return self._left == 0


def run_load(
    port: int,
    requests: Sequence[Iterable[bytes]],
    seconds: float,
    *,
    on_answer: Callable[[float, float, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Load:
    """Send each sequence of requests over a connection of its own, for `seconds` or until one runs out.

    `on_answer` is told when an answer's request was sent, when it was whole (both `time.perf_counter`), and
    its status, just before the connection's next request is taken. `stop` is asked now and then whether to
    end early.
    """
    connections = {
        connection.raw.fileno(): connection
        for connection in [_Connection(port, iter(each)) for each in requests]
    }
    poll = select.epoll()
    for number in connections:
        poll.register(number, select.EPOLLIN)
    gc.disable()
    try:
        return _run(poll, connections, seconds, on_answer or _unwatched, stop or _unstopped)
    finally:
        gc.enable()
        poll.close()
        for connection in connections.values():
            connection.raw.close()


def _run(
    poll: select.epoll,
    connections: dict[int, _Connection],
    seconds: float,
    on_answer: Callable[[float, float, int], None],
    stop: Callable[[], bool],
) -> Load:
    load = Load()
    buffer = memoryview(bytearray(_CHUNK))
    cpu = time.process_time()
    began = time.perf_counter()
    end = began + seconds
    for connection in connections.values():
        connection.send_next()
    now = began
    going = True
    while going and now < end:
        for number, _ in poll.poll(max(0.0, end - now)):
            connection = connections[number]
            size = connection.raw.recv_into(buffer)
            if not size:
                raise OSError("the server closed a connection under load")
            if connection.take(buffer[:size]):
                now = time.perf_counter()
                load.latencies.append(now - connection.began)
                load.statuses[connection.status] = load.statuses.get(connection.status, 0) + 1
                on_answer(connection.began, now, connection.status)
                going = connection.send_next() and going
                if len(load.latencies) % _ASK_EVERY == 0 and stop():
                    going = False
        now = time.perf_counter()
    load.seconds = now - began
    load.client_cpu = (time.process_time() - cpu) / load.seconds
    return load


def _unwatched(_sent: float, _whole: float, _status: int) -> None:
    """Tell nobody."""


def _unstopped() -> bool:
    return False


def fetch(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request and return the answer's status and body, read until the announced length."""
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(request)
        answer = b""
        while _HEAD_END not in answer:
            answer += _received(raw)
        head, _, body = answer.partition(_HEAD_END)
        at = head.lower().find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].split(b"\r", 1)[0]) if at >= 0 else 0
        while len(body) < length:
            body += _received(raw)
    return int(head[9:12]), body


def _received(raw: socket.socket) -> bytes:
    chunk = raw.recv(_CHUNK)
    if not chunk:
        raise OSError("the server closed the connection")
    return chunk


def pin(process_id: int, core: int) -> None:
    """Keep all threads of a process on one core, where the machine has that many and allows it."""
    if core in os.sched_getaffinity(process_id):
        for task in Path(f"/proc/{process_id}/task").iterdir():
            os.sched_setaffinity(int(task.name), {core})


def get(path: str, headers: str = "") -> bytes:
    """Return a GET request's bytes; `headers` are whole lines, each ending in CRLF."""
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n".encode()
