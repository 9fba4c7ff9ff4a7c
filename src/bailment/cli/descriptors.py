"""The kernel's side of the connections that this process serves: found, watched and cut by their descriptors.

The server says who the peer of a request is and gives no socket; a body that it is given whole, it takes
whole. How much of it has left, only the kernel tells. So the socket is looked up by its peer among the
process's own descriptors, and a second descriptor for it is kept as long as the server has the first. Without
one, a server that closes the connection would leave what the kernel still holds to a reader that takes as
long as it likes.

Linux only (`/proc/self/fd`, SIOCOUTQ, TCP_INFO); elsewhere `can_watch` is False.
"""

import contextlib
import fcntl
import ipaddress
import os
import resource
import select
import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

# What the kernel is to hold of one connection; Linux doubles it. A process that is killed leaves as much,
# and nobody to cut it. By default it would be up to 4 MB.
SEND_BUFFER = 131_072
# Source: linux/sockios.h, net/tcp_states.h, and tcpi_bytes_acked in linux/tcp.h (4.1 and newer).
_KEEP_ALIVE_S = 60
_NEAR = 256
_SIOCOUTQ = 0x5411
_TCP_CLOSE = 7
_ACKED_AT = 120
_ALL = 1 << 64
_FOLDER = "/proc/self/fd"
_LINGER_NOT = struct.pack("ii", 1, 0)

Peer = tuple[str, str]


def can_watch() -> bool:
    """Tell whether this system shows what a connection still holds."""
    return sys.platform == "linux" and Path(_FOLDER).is_dir()


class Connection:
    """A served connection: the server's descriptor `number`, and one of our own until `release`."""

    def __init__(self, number: int, own: socket.socket) -> None:
        """Watch the connection over `own`, a duplicate of the server's descriptor `number`."""
        self.number, self.own = number, own
        # No other socket gets this number while we have a descriptor for it.
        self.inode = os.fstat(own.fileno()).st_ino
        self._poll: select.poll | None = None

    def is_taken(self) -> bool:
        """Tell whether the kernel would take more: then it has all that the server had to write.

        The server writes on as soon as there is room, so whoever looks meets it between two writes at most.
        """
        self._poll = self._poll or _poll_of(self.own)
        return bool(self._poll.poll(0))

    def count(self) -> tuple[int, int]:
        """Return how many bytes the peer has acknowledged, and how many the kernel was given, in all.

        Where the connection is over nothing leaves any more: then the first is beyond any number.
        """
        info = self.own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ACKED_AT + 8)
        if info[0] == _TCP_CLOSE:
            return _ALL, 0
        (waiting,) = struct.unpack("i", fcntl.ioctl(self.own.fileno(), _SIOCOUTQ, b"\0\0\0\0"))
        (acked,) = struct.unpack_from("Q", info, _ACKED_AT)
        return acked, acked + waiting

    def is_served(self) -> bool:
        """Tell whether the server still has the connection."""
        try:
            return os.fstat(self.number).st_ino == self.inode
        except OSError:
            return False

    def cut(self) -> None:
        """End the connection and drop what the kernel holds of it; the peer sees a reset.

        Shut down, it makes the server close it; with no time to linger, the last close drops what is left.
        """
        if self.own.fileno() >= 0:
            _cut(self.own)
        elif self.is_served() and (borrowed := _borrow(self.number)) is not None:
            _cut(borrowed)
            borrowed.detach()

    def release(self) -> None:
        """Close the descriptor of our own."""
        self.own.close()

    def watch_again(self) -> bool:
        """Take a descriptor of our own again after `release`; False where it is gone, or none is left.

        The inode tells it: a socket made since has another, for the kernel counts them up.
        """
        if self.own.fileno() >= 0:
            return True
        try:
            number = os.dup(self.number)
        except OSError:
            return False
        if os.fstat(number).st_ino != self.inode:
            os.close(number)
            return False
        self.own, self._poll = socket.socket(fileno=number), None
        return True


def _cut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):  # It may have ended by itself.
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        each.shutdown(socket.SHUT_RDWR)


def find_connection(peer: Peer, port: int, near: int = 0) -> Connection | None:
    """Return the connection of a peer (address, port as text) to our `port`, None when it is gone.

    `near` is the number of the one that was found last: those that came with it lie behind it.

    Raises:
        OSError: the process has no descriptor left.
    """
    numbers = _numbers(near)
    return next((found for number in numbers if (found := _open(number, port, {peer: None}))), None)


def find_doubles(port: int, known: Mapping[Peer, Connection]) -> list[Connection]:
    """Return connections to our `port` of known peers that are not the known ones.

    Who listens on all addresses may be called on two of them by one peer from one port; no honest one does.
    """
    inodes = {peer: each.inode for peer, each in known.items()}
    found = (_open(number, port, inodes) for number in _numbers())
    return [each for each in found if each is not None]


def _open(number: int, port: int, wanted: Mapping[Peer, int | None]) -> Connection | None:
    """Return the connection behind a descriptor, if a wanted peer's and of another inode than named."""
    borrowed = _borrow(number)
    if borrowed is None:
        return None
    try:
        if _peer_of(borrowed, port) not in wanted:
            return None
    finally:
        borrowed.detach()
    found = Connection(number, socket.socket(fileno=os.dup(number)))
    # The number may have become another connection's meanwhile.
    peer = _peer_of(found.own, port)
    if peer is not None and peer in wanted and wanted[peer] != found.inode:
        return found
    found.release()
    return None


def allow_descriptors() -> int:
    """Let this process open as many as it may, and return how many: a connection under way takes two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def limit_listener(host: str, port: int, most_s: float) -> None:
    """Let each connection that comes from now on hold little, and not for long where the peer is silent.

    What the listening socket has set, Linux gives to those that come of it.
    """
    address = ipaddress.ip_address(host)
    for number in _numbers():
        listener = _borrow(number)
        if listener is None:
            continue
        try:
            if _is_listener(listener, address, port):
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(most_s * 1000))
                # A WebSocket may be idle for hours: who is gone is found out, and who is there is not
                # forgotten by what stands between.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEP_ALIVE_S)
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEEP_ALIVE_S)
        finally:
            listener.detach()


def _is_listener(
    each: socket.socket, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> bool:
    if each.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        name = each.getsockname()
        listens = each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:
        return False  # Closed since it was looked up: it is not ours, for ours stays open.
    return bool(listens) and name[1] == port and ipaddress.ip_address(name[0]) == address


def _numbers(near: int = 0) -> Iterator[int]:
    """Yield the process's descriptors, those first that were given lately; some twice.

    A new one gets the lowest number that is free, so the newest lie just below the next that is, or behind
    those of a moment ago where others have been given back since. Looking through ten thousand takes long.
    """
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    yield from range(free - 1, max(free - _NEAR, -1), -1)
    yield from range(near + 1, near + _NEAR)
    yield from sorted((int(each.name) for each in os.scandir(_FOLDER)), reverse=True)


def _borrow(number: int) -> socket.socket | None:
    """Return a socket over a descriptor that is not ours, to be detached and never closed."""
    try:
        return socket.socket(fileno=number)
    except OSError:
        return None


def _poll_of(own: socket.socket) -> select.poll:
    poll = select.poll()
    poll.register(own, select.POLLOUT)
    return poll


def _peer_of(each: socket.socket, port: int) -> Peer | None:
    """Return who has connected to our `port` over a socket, None where it is no such connection."""
    if each.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        name = each.getpeername()
        return (name[0], str(name[1])) if each.getsockname()[1] == port else None
    except OSError:
        return None  # It is not connected.
