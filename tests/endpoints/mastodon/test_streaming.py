"""Streams of a real server: who hears of what, who does not, and when a stream ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import httpx
import pytest

from bailment.answers.newest import newest_disclosures
from bailment.app import Platform
from bailment.model.fields import mask_of
from bailment.oauth import overview
from tests.support.mastodon_server import take_apps, token_of
from tests.support.server import GatewayServer, gateway
from tests.support.small_world import CLOSED, OPEN, STRANGER, USER
from tests.support.streams import WAIT_S, Phone, post_beside

FRIEND = OPEN


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GatewayServer]:
    """Give a gateway that takes apps."""
    with gateway(tmp_path / "gateway") as running:
        take_apps(running)
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Give a client."""
    async with httpx.AsyncClient(timeout=WAIT_S) as client:
        yield client


def phone(server: GatewayServer, http: httpx.AsyncClient, person_id: int) -> Phone:
    """Enrol an app of a person."""
    return Phone(http, server.url, token_of(server, person_id))


async def test_a_friend_hears_of_a_status_and_a_friends_friend_does_not(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """The author's other devices hear of it as well; each is told in the order in which it was written."""
    ada, bo, friend, stranger = [phone(server, http, each) for each in (USER, CLOSED, FRIEND, STRANGER)]
    async with ada.stream() as to_ada, friend.stream() as to_friend, bo.stream() as to_bo:
        posted = await friend.post("<p> & so on")
        name, status = await to_ada.next()
        assert (name, status["id"]) == ("update", str(posted))
        assert status["content"] == "<p>&lt;p&gt; &amp; so on</p>"
        assert status["account"]["id"] == str(FRIEND)
        assert status["application"]["name"] == "Lumen Hub (Lumen Mobile)"
        assert await to_friend.text() == status["content"]
        # Nobody's friend, a friend of 1 alone, and then 1: what reaches the friend of a friend is the last.
        await stranger.post("unheard")
        await friend.post("not for 4")
        await ada.post("for 4")
        assert await to_bo.text() == "<p>for 4</p>"
        assert [await to_ada.text() for _ in range(2)] == ["<p>not for 4</p>", "<p>for 4</p>"]


async def test_a_device_is_told_what_its_user_may_see_when_it_is_told(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """Who has closed the setting by then is not heard of, be it between the post and the telling."""
    ada, friend, bo = [phone(server, http, each) for each in (USER, FRIEND, CLOSED)]
    async with ada.stream() as events:
        await friend.post("open")
        assert await events.text() == "<p>open</p>"
        await bo.post("never open")
        server.set_setting(FRIEND, mask_of(["name"]))
        await friend.post("closed")
        await ada.post("mine")
        assert await events.text() == "<p>mine</p>"


async def test_what_happens_to_ones_own_statuses_is_a_notification(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """A like and an answer are; the stream of notifications has these alone."""
    ada, friend = phone(server, http, USER), phone(server, http, FRIEND)
    posted = await ada.post("mine")
    async with ada.stream() as events, ada.stream("user/notification") as notices:
        await friend.do("POST", f"/api/v1/statuses/{posted}/favourite")
        for each in (events, notices):
            name, told = await each.next()
            assert (name, told["type"], told["account"]["id"]) == ("notification", "favourite", str(FRIEND))
            assert told["status"]["id"] == str(posted)
        await friend.post("well", in_reply_to_id=str(posted))
        seen = {name: told async for name, told in _next(events, 2)}
        assert seen["update"]["in_reply_to_id"] == str(posted)
        assert seen["notification"]["type"] == "mention"
        assert (await notices.next())[1]["type"] == "mention"
        assert not await _likes_from_a_stranger(server, http, posted)


async def _next(events: object, count: int) -> AsyncIterator[tuple[str, dict[str, object]]]:
    for _ in range(count):
        yield await events.next()  # type: ignore[attr-defined] # the events of a stream


async def _likes_from_a_stranger(server: GatewayServer, http: httpx.AsyncClient, status_id: int) -> bool:
    stranger = phone(server, http, STRANGER)
    address = f"{server.url}/api/v1/statuses/{status_id}/favourite"
    return (await http.post(address, headers=stranger.headers)).status_code == 200


async def test_a_deleted_status_is_to_be_forgotten(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """Who could read it is told its id; who could not hears nothing."""
    ada, friend = phone(server, http, USER), phone(server, http, FRIEND)
    first = await friend.post("first")
    hidden = await phone(server, http, CLOSED).post("hidden")
    async with ada.stream() as events:
        await phone(server, http, CLOSED).do("GET", f"/api/v1/statuses/{hidden}")
        closed = phone(server, http, CLOSED)
        await closed.do("DELETE", f"/api/v1/statuses/{hidden}")
        await friend.do("DELETE", f"/api/v1/statuses/{first}")
        assert await events.next() == ("delete", first)


async def test_every_event_is_recorded_before_it_leaves(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """Each is a disclosure of its own to this device: the newest entry is there when the event is."""
    ada, friend = phone(server, http, USER), phone(server, http, FRIEND)

    def recorded() -> int:
        rows = server.run(lambda it: newest_disclosures(it.store, it.keys, 50))
        return sum(each.opening.details.get("route") == "one status" for each in rows)

    async with ada.stream() as events:
        before = recorded()
        await friend.post("hello")
        await events.text()
        # The write, what the writer was shown of it, and what the stream was told.
        assert recorded() == before + 3


async def test_what_another_process_writes_is_told(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """Nothing but the database tells of it."""
    ada, friend = phone(server, http, USER), token_of(server, FRIEND)
    async with ada.stream() as events:
        server.run(lambda it: post_beside(it, friend, "from beside", server.now_ms()))
        assert await events.text() == "<p>from beside</p>"


@pytest.mark.parametrize("end", ["withdrawal", "hold"])
async def test_a_stream_ends_though_nothing_happens(
    server: GatewayServer, http: httpx.AsyncClient, end: str
) -> None:
    """A withdrawn grant ends the streams of its device, a hold those of every device of the partner."""
    ada = phone(server, http, USER)
    async with ada.stream() as events, aiohttp.ClientSession() as session:
        address = f"{server.url}/api/v1/streaming?stream=user&access_token={ada.token}"
        async with session.ws_connect(address) as socket:
            if end == "hold":
                server.hold()
            else:
                await _withdraw(server)
            assert await events.is_closed()
            assert (await socket.receive(WAIT_S)).type is aiohttp.WSMsgType.CLOSE
    refused = await http.get(f"{server.url}/api/v1/streaming/user", headers=ada.headers)
    assert refused.status_code == 403
    assert ("partner.on-hold" if end == "hold" else "grant.withdrawn") in refused.text


async def _withdraw(server: GatewayServer) -> None:
    now = server.now_ms()

    async def work(platform: Platform) -> None:
        (grant,) = await overview.grants_of(platform.store, USER)
        await platform.oauth.grants.withdraw(grant.grant_id, USER, now)

    server.run(work)


async def test_a_withdrawn_token_hears_nothing_more(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """What happens right after the withdrawal ends the stream at once, and is not told."""
    ada, friend = phone(server, http, USER), phone(server, http, FRIEND)
    async with ada.stream() as events:
        await _withdraw(server)
        await friend.post("too late")
        assert await events.is_closed()


async def test_a_websocket_has_several_streams(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """A client subscribes and unsubscribes; the payload is a text; streams of nothing are silent."""
    ada, friend = phone(server, http, USER), phone(server, http, FRIEND)
    async with (
        aiohttp.ClientSession(headers=ada.headers) as session,
        session.ws_connect(f"{server.url}/api/v1/streaming/") as socket,
    ):
        await socket.send_json({"type": "subscribe", "stream": "public"})
        await socket.send_json({"type": "subscribe", "stream": "hashtag", "tag": "cats"})
        await socket.send_json({"type": "subscribe", "stream": "user"})
        await _said(socket)
        await friend.post("hello")
        told = await socket.receive_json(timeout=WAIT_S)
        assert (told["stream"], told["event"]) == (["user"], "update")
        assert json.loads(told["payload"])["content"] == "<p>hello</p>"
        await socket.send_json({"type": "unsubscribe", "stream": "user"})
        await socket.send_json({"type": "subscribe", "stream": "user:notification"})
        await _said(socket)
        posted = await ada.post("mine")
        await friend.post("an answer", in_reply_to_id=str(posted))
        told = await socket.receive_json(timeout=WAIT_S)
        assert (told["stream"], told["event"]) == (["user:notification"], "notification")


async def _said(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the server has done everything that it was told: it answers in order."""
    await socket.send_str("{}")
    assert "error" in await socket.receive_json(timeout=WAIT_S)


async def test_a_token_may_come_in_three_ways(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """In the header, in the query, and as the subprotocol, which is then confirmed; not twice differently."""
    ada = phone(server, http, USER)
    async with ada.stream("user", access_token=ada.token), aiohttp.ClientSession() as session:
        address = f"{server.url}/api/v1/streaming?stream=user"
        async with session.ws_connect(address, protocols=[ada.token]) as socket:
            assert socket.protocol == ada.token
        other = token_of(server, FRIEND)
        for fault in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": f"DPoP {ada.token}"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(address, headers=fault)
            assert refused.value.status == 401
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{address}&access_token={other}", headers=ada.headers)
    answer = await http.get(f"{server.url}/api/v1/streaming/user")
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_token_that_is_bound_to_a_key_cannot_stream(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """Neither with a proof nor without; the reason says why."""
    device = server.enrol(USER)
    bare = {"Authorization": f"Bearer {device.token}"}
    proven = server.headers(device, "/api/v1/streaming/user")
    del proven["Bailment-Build"]
    for headers in (bare, proven):
        answer = await http.get(f"{server.url}/api/v1/streaming/user", headers=headers)
        assert answer.status_code == 401
        assert "a proof is good for one request alone" in answer.json()["error_description"]


async def test_a_token_has_five_streams(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """Of ten at a time five are refused; who goes makes room."""
    ada = phone(server, http, USER)

    async def attempt() -> httpx.Response:
        request = http.build_request("GET", f"{server.url}/api/v1/streaming/user", headers=ada.headers)
        return await http.send(request, stream=True)

    answers = await asyncio.gather(*(attempt() for _ in range(10)))
    assert sorted(each.status_code for each in answers) == [200] * 5 + [429] * 5
    for each in answers:
        await each.aclose()
    async with asyncio.timeout(WAIT_S):
        while (again := await attempt()).status_code == 429:
            await again.aclose()
    assert again.status_code == 200
    await again.aclose()


@pytest.mark.parametrize(
    "path", ["public", "public/local", "hashtag", "list", "direct", "user", "user/", "user/notification"]
)
async def test_every_stream_of_the_protocol_opens(
    server: GatewayServer, http: httpx.AsyncClient, path: str
) -> None:
    """Those of what the platform does not have stay silent."""
    async with phone(server, http, USER).stream(path, access_token=token_of(server, USER)):
        pass


async def test_what_is_no_stream_is_an_error_of_the_protocol(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """Unknown names, other methods, and parameters that cannot be understood."""
    ada = phone(server, http, USER)
    for method, path, status in (
        ("GET", "everything", 404),
        ("GET", "", 404),
        ("GET", "user/../../..", 404),
        ("POST", "user", 405),
        ("OPTIONS", "user", 204),
        ("GET", "user?access_token=%ff", 422),
        ("GET", "user?" + "&".join(["a=b"] * 500), 422),
    ):
        answer = await http.request(method, f"{server.url}/api/v1/streaming/{path}", headers=ada.headers)
        assert answer.status_code == status, path
    health = await http.get(f"{server.url}/api/v1/streaming/health")
    assert (health.status_code, health.text) == (200, "OK")


async def test_garbage_over_a_websocket_is_answered_as_such(
    server: GatewayServer, http: httpx.AsyncClient
) -> None:
    """The connection lives on, or ends where too much of it comes; the server does."""
    ada, friend = phone(server, http, USER), phone(server, http, FRIEND)
    garbage = [
        "",
        "x",
        "[" * 4000,
        "1",
        '{"type":"subscribe"}',
        '{"type":"subscribe","stream":["user"]}',
        "a" * 9999,
    ]
    async with aiohttp.ClientSession(headers=ada.headers) as session:
        async with session.ws_connect(f"{server.url}/api/v1/streaming?stream=user") as socket:
            for each in garbage:
                await socket.send_str(each)
                assert (await socket.receive_json(timeout=WAIT_S))["status"] == 400
            await socket.send_bytes(b"\xff\x00")
            assert (await socket.receive_json(timeout=WAIT_S))["status"] == 400
            await friend.post("still here")
            assert (await socket.receive_json(timeout=WAIT_S))["event"] == "update"
        # Other paths have no WebSocket.
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{server.url}/api/v1/timelines/home")
        assert refused.value.status == 403
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    address = f"/api/v1/streaming?stream=user&access_token={ada.token}"
    fields = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n"
    key = "sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg=="
    writer.write(f"GET {address} HTTP/1.1\r\nhost: gateway\r\n{fields}{key}\r\n\r\n".encode())
    assert b" 101 " in await reader.readline()
    # An unmasked frame with reserved bits: the connection ends, and nothing else.
    writer.write(b"\xff\x7f" + bytes(20))
    async with asyncio.timeout(WAIT_S):
        await reader.read()
    writer.close()
    async with ada.stream():
        pass


async def test_streams_end_when_the_server_stops(server: GatewayServer, http: httpx.AsyncClient) -> None:
    """It waits for answers under way, and does not wait for these."""
    ada = phone(server, http, USER)
    async with (
        ada.stream() as events,
        aiohttp.ClientSession(headers=ada.headers) as session,
        session.ws_connect(f"{server.url}/api/v1/streaming?stream=user") as socket,
    ):
        await asyncio.to_thread(server.stop)
        assert await events.is_closed()
        closed = await socket.receive(WAIT_S)
        assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 1001)
