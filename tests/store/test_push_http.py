"""Posting to whoever a partner names: to public addresses only, to whom was checked, and not for long."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from bailment.model.errors import Unavailable
from bailment.store import push_http
from bailment.store.push_http import HttpSender, is_public
from tests.support.events import Receiver, open_receiver

DEVELOPMENT = "http://127.0.0.1:8400"
REAL = "https://gateway.example"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    """Give the sender of a developer's machine."""
    opened = HttpSender(DEVELOPMENT)
    yield opened
    await opened.close()


@contextlib.asynccontextmanager
async def answering(
    answer: bytes, *, tls: ssl.SSLContext | None = None, hold: bool = False
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Run a server that says these bytes, whatever is asked; give its port and what it was asked."""
    asked: list[bytes] = []
    done = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()
            if hold:
                await done.wait()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        done.set()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "203.0.114.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808"],
)
def test_public_addresses(address: str) -> None:
    """Hosts on the public network may be reached."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
        *("169.254.169.254", "100.64.0.1", "0.1.2.3", "192.0.0.1", "192.0.2.1", "198.18.0.1"),
        "0.0.0.0",  # noqa: S104 - nothing listens there
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1"),
        *("ff02::1", "ff0e::1", "2001:db8::1", "3fff::1", "100::1", "2001::1", "2001:10::1", "4000::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
        *(
            "2002:7f00:1::",
            "2002:808:808::1",
            "5f00::1",
            "",
            "localhost",
            "127.1",
            "0x7f000001",
            "8.8.8.8/32",
        ),
    ],
)
def test_addresses_that_are_never_reached(address: str) -> None:
    """Private, loopback, link-local, multicast, reserved, made up, mapped, tunnelled, and what is none."""
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_hides_in_no_other_form(address: ipaddress.IPv4Address) -> None:
    """Mapped, compatible and 6to4 forms are never public; behind a translator it is what it is."""
    whole = int(address)
    assert not is_public(str(ipaddress.IPv6Address(0xFFFF << 32 | whole)))
    assert not is_public(str(ipaddress.IPv6Address(whole)))
    assert not is_public(str(ipaddress.IPv6Address(0x2002 << 112 | whole << 80)))
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | whole)
    assert is_public(str(nat64)) == is_public(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/events",
        "ftp://receiver.example/",
        "file:///etc/passwd",
        "https:///events",
        "https://user@receiver.example/",
        "https://receiver.example:99999/",
        "https://receiver.example:x/",
        "https://[::1/",
        "",
    ],
)
async def test_only_https_leaves_a_real_gateway(url: str) -> None:
    """A URL of another kind is refused before any name is looked up."""

    def never(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError

    sender = HttpSender(REAL, resolve=never)
    with pytest.raises(Unavailable):
        await sender.send(url, [], b"")
    await sender.close()


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["2606:4700::1111", "::ffff:10.0.0.1"],
        ["10.0.0.1", "8.8.8.8"],
        [],
    ],
)
async def test_one_address_that_is_not_public_is_enough(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads to a public host and into our network leads nowhere."""

    async def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(asyncio, "open_connection", never)
    sender = HttpSender(REAL, resolve=lambda _host, _port: found)
    with pytest.raises(Unavailable, match="not public"):
        await sender.send("https://receiver.example/", [], b"")
    await sender.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "0x7f.1", "2130706433", "127.1", "localhost"])
async def test_no_spelling_of_this_machine_is_reached(host: str) -> None:
    """Forms that only the system's resolver understands are checked as what they resolve to."""
    sender = HttpSender(REAL)
    with open_receiver() as receiver:
        with pytest.raises(Unavailable):
            await sender.send(f"https://{host}:{receiver.port}/", [], b"")
        assert receiver.posted == []
    await sender.close()


async def test_the_connection_goes_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved once; the address is connected to, while TLS and Host carry the name."""
    lookups: list[tuple[str, int]] = []
    connections: list[dict[str, object]] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        lookups.append((host, port))
        return ["8.8.8.8", "2606:4700::1111"]

    async def connect(address: str, port: int, **options: object) -> None:
        connections.append({"address": address, "port": port, **options})
        raise OSError

    monkeypatch.setattr(asyncio, "open_connection", connect)
    tls = ssl.create_default_context()
    sender = HttpSender(REAL, tls=tls, resolve=resolve)
    with pytest.raises(Unavailable):
        await sender.send("https://receiver.example:8443/events", [], b"")
    assert lookups == [("receiver.example", 8443)]
    assert [each["address"] for each in connections] == ["8.8.8.8", "2606:4700::1111"]
    assert {each["port"] for each in connections} == {8443}
    assert {each["server_hostname"] for each in connections} == {"receiver.example"}
    assert all(each["ssl"] is tls for each in connections)
    assert tls.check_hostname
    assert tls.verify_mode is ssl.CERT_REQUIRED
    await sender.close()


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context with a certificate for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


async def test_the_certificate_must_be_for_the_name(tmp_path: Path) -> None:
    """Over TLS the name of the URL is asked for and checked, whatever address it has."""
    server, trusting = certificate("receiver.example", tmp_path)
    names: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: names.append(name)
    async with answering(b"HTTP/1.1 202 Accepted\r\n\r\n", tls=server) as (port, asked):
        sender = HttpSender(DEVELOPMENT, tls=trusting, resolve=lambda _host, _port: ["127.0.0.1"])
        answer = await sender.send(f"https://receiver.example:{port}/e", [("accept", "x")], b"body")
        assert answer == (202, b"")
        assert asked[0].startswith(
            f"POST /e HTTP/1.1\r\nhost: receiver.example:{port}\r\nconnection: close\r\n"
            "content-length: 4\r\naccept: x\r\n".encode()
        )
        for url in (f"https://other.example:{port}/", f"https://127.0.0.1:{port}/"):
            with pytest.raises(Unavailable):
                await sender.send(url, [], b"")
        stranger = HttpSender(DEVELOPMENT, resolve=lambda _host, _port: ["127.0.0.1"])
        with pytest.raises(Unavailable):
            await stranger.send(f"https://receiver.example:{port}/", [], b"")
        assert len(asked) == 1
        assert names[:2] == ["receiver.example", "other.example"]
        await sender.close()
        await stranger.close()


async def test_a_real_server_gets_the_whole_request(sender: HttpSender) -> None:
    """Path, query, fields and body arrive as they are."""
    with open_receiver() as receiver:
        answer = await sender.send(receiver.url, [("x-one", "1 2")], b"body")
        assert answer == (202, b"")
        (posted,) = receiver.posted
        assert (posted.path, posted.body, posted.headers["x-one"]) == ("/events?of=lumen", b"body", "1 2")
        await sender.send(f"http://localhost:{receiver.port}", [], b"")
        assert receiver.posted[1].path == "/"


async def test_a_redirect_is_an_answer(sender: HttpSender) -> None:
    """It is followed nowhere."""
    with open_receiver() as receiver:
        receiver.answers = [(307, b""), (302, b"")]
        assert (await sender.send(receiver.url, [], b""))[0] == 307
        assert (await sender.send(receiver.url, [], b""))[0] == 302
        assert [posted.path for posted in receiver.posted] == ["/events?of=lumen"] * 2


@pytest.mark.parametrize("text", ["a\r\nx-evil: 1", "a\nb", "a\0b", "a\tb", "ä"])
async def test_no_field_begins_another(sender: HttpSender, text: str) -> None:
    """A line break in a value, or in a URL, sends nothing at all."""
    with open_receiver() as receiver:
        with pytest.raises(Unavailable):
            await sender.send(receiver.url, [("authorization", text)], b"")
        with pytest.raises(Unavailable):
            await sender.send(f"{receiver.url}{text[1:] if text != 'ä' else text}\x7f", [], b"")
        assert receiver.posted == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 202 Accepted\r\ncontent-length: 5\r\n\r\n", (202, b"")),
        (b"HTTP/1.0 400 No\r\n\r\nto the end", (400, b"to the end")),
        (b"HTTP/1.1 400\r\ncontent-length: 3\r\n\r\nabcdef", (400, b"abc")),
        (b"HTTP/1.1 400 No\r\ncontent-length: -3\r\n\r\nabc", (400, b"abc")),
        (b"HTTP/1.1 400 No\r\ncontent-length: 30\r\n\r\nabc", (400, b"abc")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 No\r\ncontent-length: 1\r\n\r\na", (400, b"a")),
        (
            b"HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            (400, b"abcde"),
        ),
        (b"HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc", (400, b"")),
        (b"HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n9\r\nabc", (400, b"abc")),
        (b"HTTP/1.1 400 No\r\n\r\n" + b"x" * 1_000_000, (400, b"x" * 16_384)),
        (b"HTTP/1.1 400 No\r\ncontent-length: 999999999\r\n\r\n" + b"x" * 99_999, (400, b"x" * 16_384)),
        (
            b"HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFF\r\n" + b"x" * 99_999,
            (400, b"x" * 16_384),
        ),
    ],
)
async def test_what_is_read_of_an_answer(
    sender: HttpSender, answer: bytes, expected: tuple[int, bytes]
) -> None:
    """Of a success nothing, of an error what stands for its body, up to a limit."""
    async with answering(answer) as (port, _asked):
        assert await sender.send(f"http://127.0.0.1:{port}/", [], b"") == expected


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"HTTP/1.1 202",
        b"HTTP/1.1 2xx Ok\r\n\r\n",
        b"HTTP/2 202 Ok\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 202 Ok\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
        b"HTTP/1.1 103 Early\r\n\r\n" * 9,
        b"HTTP/1.1 400 No\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(200)) + b"\r\n",
        b"HTTP/1.1 400 No\r\ncontent-length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n" + b"1" * 20_000 + b"\r\n",
    ],
)
async def test_what_is_no_answer(sender: HttpSender, answer: bytes) -> None:
    """It is the receiver's failure, and nothing of it is shown."""
    async with answering(answer) as (port, _asked):
        with pytest.raises(Unavailable, match=r"^the receiver did not answer: \w+$"):
            await sender.send(f"http://127.0.0.1:{port}/", [], b"")


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 202 Ok\r\n", b"HTTP/1.1 400 No\r\ncontent-length: 9\r\n\r\nabc"]
)
async def test_everything_together_has_its_time(
    sender: HttpSender, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """A receiver that says a little and then nothing is left."""
    monkeypatch.setattr(push_http, "TIMEOUT_S", 0.1)
    async with answering(answer, hold=True) as (port, _asked):
        with pytest.raises(Unavailable, match="in time"):
            await sender.send(f"http://127.0.0.1:{port}/", [], b"")


async def test_a_success_is_not_waited_for(sender: HttpSender) -> None:
    """A 202 that keeps its connection open counts when it is there."""
    async with answering(b"HTTP/1.1 202 Ok\r\ncontent-length: 9\r\n\r\n", hold=True) as (port, _asked):
        assert await sender.send(f"http://127.0.0.1:{port}/", [], b"") == (202, b"")


async def test_nobody_there(sender: HttpSender) -> None:
    """A closed port and a name that does not exist are the receiver's failure."""
    with open_receiver() as gone:
        port = gone.port
    for host in ("127.0.0.1", "nobody.invalid", "a" * 70 + ".example"):
        with pytest.raises(Unavailable):
            await sender.send(f"http://{host}:{port}/", [], b"")


def test_a_receiver_is_what_the_tests_say() -> None:
    """The receiver of these tests listens on this machine only."""
    with open_receiver() as receiver:
        assert isinstance(receiver, Receiver)
        assert receiver.url.startswith("http://127.0.0.1:")
