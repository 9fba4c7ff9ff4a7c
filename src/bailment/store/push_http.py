"""Posts events to receivers, whose URLs partners choose: so it must not become a way into our own network.

The rules, in the order in which the code labels them:

1.  https only; http too where the gateway's own origin is http, as on a developer's machine
2.  the host is resolved once, and *every* address must be public unicast; in that development no address
    is refused
3.  the connection goes to an address that was checked, never to the name again (DNS rebinding), while TLS
    and the Host field carry the name
4.  the certificate must be good for the name
5.  a redirect is an answer like another: it is followed nowhere
6.  everything together takes at most 5 s; of the answer, so much is read and no more

A connection serves one request. Receivers see few events, and an idle connection would have to be checked
again. Name look-ups have threads of their own, so that a slow name server delays other look-ups at most.
"""

import asyncio
import http.client
import io
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

from bailment.model.errors import Unavailable

TIMEOUT_S = 5.0
_MOST_HEAD = 16_384
_MOST_BODY = 16_384
_MOST_INTERIM = 4
_LOOKUPS = 4
_DEFAULT_PORTS = {"https": 443, "http": 80}
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: |\r\n)")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")

# Source: RFC 4291 section 2.4; only this block is handed out as global unicast.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Source: RFC 6052 section 2.1; where a translator stands, an IPv4 address is behind it.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What `ipaddress` does not know to be apart, in one Python or another: RFC 3056 (6to4), RFC 7526 (its relay),
# RFC 9637 (documentation).
_NOT_PUBLIC = (
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
)

# As `socket.getaddrinfo` with a stream socket: addresses in the order of preference.
Resolve = Callable[[str, int], Sequence[str]]


class _Target(NamedTuple):
    """Where a URL leads; `path` with its query."""

    tls: bool
    host: str
    port: int
    path: str
    authority: str


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of a host on the public network (rule 2)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found in _NAT64:
        found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    if isinstance(found, ipaddress.IPv6Address) and found not in _GLOBAL_V6:
        # IPv4-mapped addresses, loopback, link-local and all the others.
        return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    return not any(found.version == net.version and found in net for net in _NOT_PUBLIC)


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host; an address stands for itself."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class HttpSender:
    """Satisfies `oauth.rfc8935.Sender`; see the module's rules."""

    def __init__(self, origin: str, *, tls: ssl.SSLContext | None = None, resolve: Resolve = resolve) -> None:
        """Send for the gateway at `origin`, whose scheme tells development from the real thing."""
        self._development = urlsplit(origin).scheme == "http"
        self._tls = tls or ssl.create_default_context()
        self._resolve = resolve
        self._lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="bailment-resolve")

    async def close(self) -> None:
        """Wait for no look-up any more."""
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> tuple[int, bytes]:
        """POST once; return the answer's status and the beginning of its body.

        Raises:
            Unavailable: a rule forbids it, or there is no whole answer in time.
        """
        target = self._target(url)  # 1
        request = _request(target, headers, body)
        try:
            async with asyncio.timeout(TIMEOUT_S):  # 6
                addresses = await self._addresses(target)  # 2
                reader, writer = await self._connect(target, addresses)  # 3, 4
                try:
                    writer.write(request)
                    await writer.drain()
                    return await _answer(reader)  # 5
                finally:
                    writer.transport.abort()
        except TimeoutError as error:
            raise Unavailable("the receiver did not answer in time") from error
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError, http.client.HTTPException) as error:
            raise Unavailable(f"the receiver did not answer: {type(error).__name__}") from error

    def _target(self, url: str) -> _Target:
        """Take a URL apart (rule 1)."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Unavailable("the receiver's URL cannot be understood") from error
        schemes = ("https", "http") if self._development else ("https",)
        if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
            raise Unavailable("the receiver's URL is not one of https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Target(
            parts.scheme == "https",
            parts.hostname,
            _DEFAULT_PORTS[parts.scheme] if port is None else port,
            path,
            parts.netloc,
        )

    async def _addresses(self, target: _Target) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._lookups, self._resolve, target.host, target.port)
        if not found or not (self._development or all(map(is_public, found))):
            raise Unavailable("the receiver's host has an address that is not public")
        return found

    async def _connect(
        self, target: _Target, addresses: Sequence[str]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the first address that takes us."""
        refused: OSError | None = None
        for address in addresses:
            try:
                return await asyncio.open_connection(
                    address,
                    target.port,
                    limit=_MOST_HEAD,
                    ssl=self._tls if target.tls else None,
                    server_hostname=target.host if target.tls else None,
                )
            except OSError as error:
                refused = error
        raise refused or OSError("no address")


def _request(target: _Target, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"host: {target.authority}",
        "connection: close",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    # A line break would begin a field, or a request, that somebody else wrote.
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise Unavailable("the receiver's URL or header field cannot be sent")
    return "\r\n".join((*lines, "", "")).encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read a status, and of an error's body as much as is worth reading."""
    for _ in range(_MOST_INTERIM):
        head = await reader.readuntil(b"\r\n\r\n")
        match = _STATUS_LINE.match(head)
        if match is None:
            raise ValueError("not HTTP")
        status = int(match[1])
        if status >= 200:
            break
    else:
        raise ValueError("nothing but interim answers")
    if status < 300:
        return status, b""
    fields = http.client.parse_headers(io.BytesIO(head.partition(b"\r\n")[2]))
    if "chunked" in fields.get("transfer-encoding", "").lower():
        return status, await _chunks(reader)
    length = fields.get("content-length", "")
    most = min(int(length), _MOST_BODY) if length.isascii() and length.isdigit() else _MOST_BODY
    return status, await _up_to(reader, most)


async def _up_to(reader: asyncio.StreamReader, most: int) -> bytes:
    body = b""
    while len(body) < most:
        part = await reader.read(most - len(body))
        if not part:
            break
        body += part
    return body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """Read a chunked body (RFC 9112 section 7.1) up to the limit."""
    body = b""
    while len(body) < _MOST_BODY:
        match = _CHUNK_SIZE.fullmatch(await reader.readline())
        size = int(match[1], 16) if match else 0
        if not size:
            break
        body += await _up_to(reader, min(size, _MOST_BODY - len(body)))
        if len(body) < _MOST_BODY:
            await reader.readline()
    return body
