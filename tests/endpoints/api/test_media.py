"""Pictures over a real server: what comes in, what goes out, and what attackers send."""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from httpx import Client, Response

from bailment.disclosure import pictures as taking
from bailment.model.fields import mask_of
from bailment.people.pictures import MAX_BYTES
from tests.endpoints.api.test_openapi import validate
from tests.support.pictures import SECRET, encoded, exif_of_a_phone, opened, plain
from tests.support.posting_server import app_token, posting, posting_gateway, send, upload, writer
from tests.support.server import APPROVED, EnrolledDevice, GatewayServer
from tests.support.small_world import OPEN, USER
from tests.support.world import Free

__all__ = ["posting"]

HUGE = 100_000_000
_PIECE = b"\0" * 65_536


@pytest.fixture(scope="module")
def http_() -> Iterator[Client]:
    """Give an HTTP client."""
    with Client(timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def device(posting: GatewayServer) -> EnrolledDevice:
    """Give the user's device."""
    return writer(posting, USER)


@pytest.fixture(scope="module")
def friend(posting: GatewayServer) -> EnrolledDevice:
    """Give the device of a friend who shows everything."""
    return writer(posting, OPEN)


def kind(response: Response) -> str:
    """Return the last part of a problem's type."""
    return str(response.json()["type"]).rpartition(":")[2]


def files_of(server: GatewayServer) -> list[Path]:
    """Return the files that the server keeps."""
    return [each for each in server.config.media_folder.glob("??/*") if each.is_file()]


def photographed() -> bytes:
    """Make a picture that tells too much in its metadata."""
    return encoded(opened(plain(size=(800, 600))), "JPEG", exif=exif_of_a_phone())


def test_a_picture_comes_back_without_its_metadata(
    posting: GatewayServer, http_: Client, device: EnrolledDevice
) -> None:
    """Original and thumbnail, by type and size, with nothing that a browser would run."""
    response = upload(posting, http_, device, photographed(), "?description=a%20b%C3%B6at")
    validate(response, "/v1/media", "post")
    photo = response.json()["photo"]
    assert (photo["width"], photo["height"], photo["description"]) == (800, 600, "a böat")
    assert "place" not in photo
    path = f"/v1/media/{photo['id']}"
    whole, small = (send(posting, http_, device, "GET", path + end) for end in ("", "/thumbnail"))
    for answer, size in ((whole, (800, 600)), (small, tuple(photo["thumbnail"].values()))):
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert len(answer.headers["bailment-receipt"]) == 43
        assert opened(answer.content).size == size
        assert SECRET not in answer.content
        assert b"Spycam" not in answer.content
        assert not opened(answer.content).getexif()


def test_metadata_is_kept_on_purpose_and_beside_the_picture(
    posting: GatewayServer, http_: Client, device: EnrolledDevice
) -> None:
    """Place and camera as asked for, as plain values; the picture itself has none."""
    response = upload(posting, http_, device, photographed(), "?keep=place,camera")
    photo = response.json()["photo"]
    assert photo["place"].startswith("-22.90833,")
    assert photo["camera"] == "Spycam One"
    whole = send(posting, http_, device, "GET", f"/v1/media/{photo['id']}")
    assert b"Spycam" not in whole.content
    described = send(
        posting, http_, device, "PATCH", f"/v1/media/{photo['id']}", json={"description": "the lake"}
    )
    validate(described, "/v1/media/{id}", "patch")
    assert described.json()["photo"]["description"] == "the lake"


def test_a_friend_has_it_while_a_status_shows_it(
    posting: GatewayServer, http_: Client, device: EnrolledDevice, friend: EnrolledDevice
) -> None:
    """Before, and after the status was deleted, there is nothing for them; nor can they describe it."""
    media_id = upload(posting, http_, friend).json()["id"]
    path = f"/v1/media/{media_id}"
    assert send(posting, http_, device, "GET", path).status_code == 404
    status = send(posting, http_, friend, "POST", "/v1/statuses", json={"photos": [media_id]})
    assert status.status_code == 201, status.text
    assert [each["id"] for each in status.json()["status"]["photos"]] == [media_id]
    for end in ("", "/thumbnail"):
        assert send(posting, http_, device, "GET", path + end).status_code == 200
    stolen = send(posting, http_, device, "PATCH", path, json={"description": "mine"})
    assert stolen.status_code == 404
    twice = send(posting, http_, device, "POST", "/v1/statuses", json={"photos": [media_id]})
    assert kind(twice) == "malformed-request"
    send(posting, http_, friend, "DELETE", f"/v1/statuses/{status.json()['id']}")
    assert send(posting, http_, device, "GET", path).status_code == 404
    assert send(posting, http_, friend, "GET", path).status_code == 200


POLYGLOT = b"<script>alert(1)</script><?php evil(); ?>"


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7",
        b"GIF89a" + POLYGLOT,
        b"\xff\xd8\xff" + POLYGLOT,
        b"\x89PNG\r\n\x1a\n",
        plain()[:150],
        b"x",
    ],
    ids=["html", "svg", "pdf", "gif-and-html", "jpeg-and-html", "png-head", "cut", "letter"],
)
def test_what_is_no_picture_is_refused(
    posting: GatewayServer, http_: Client, device: EnrolledDevice, raw: bytes
) -> None:
    """As malformed, whatever it says that it is; nothing of it is kept."""
    before = files_of(posting)
    response = upload(posting, http_, device, raw)
    validate(response, "/v1/media", "post")
    assert (response.status_code, kind(response)) == (400, "malformed-request")
    assert POLYGLOT not in response.content
    assert files_of(posting) == before


@pytest.mark.parametrize("where", ["behind", "comment"])
def test_a_polyglot_comes_out_as_a_picture_alone(
    posting: GatewayServer, http_: Client, device: EnrolledDevice, where: str
) -> None:
    """What stands behind the picture, or in a comment of it, does not come out."""
    if where == "behind":
        raw = plain() + POLYGLOT
    else:
        raw = encoded(opened(plain()), "JPEG", comment=POLYGLOT)
        assert POLYGLOT in raw
    media_id = upload(posting, http_, device, raw).json()["id"]
    for end in ("", "/thumbnail"):
        answer = send(posting, http_, device, "GET", f"/v1/media/{media_id}{end}")
        assert POLYGLOT not in answer.content
    assert not any(POLYGLOT in each.read_bytes() for each in files_of(posting))


@pytest.mark.parametrize(
    "declared", ["text/html", "application/json", "multipart/form-data; boundary=x", "image/svg+xml", ""]
)
def test_a_body_says_that_it_is_a_picture(
    posting: GatewayServer, http_: Client, device: EnrolledDevice, declared: str
) -> None:
    """Another content type is refused, also of a good picture."""
    headers = {"Content-Type": declared}
    response = send(posting, http_, device, "POST", "/v1/media", content=plain(), headers=headers)
    assert kind(response) == "malformed-request"


@pytest.mark.parametrize(
    "query", ["?keep=everything", "?x=1", "?description=" + "x" * 1501, "?keep=place&keep="]
)
def test_a_query_asks_for_what_there_is(
    posting: GatewayServer, http_: Client, device: EnrolledDevice, query: str
) -> None:
    """And once."""
    assert kind(upload(posting, http_, device, query=query)) == "malformed-request"


def pieces(most: int = HUGE) -> Iterator[bytes]:
    """Give a body without a length."""
    for _ in range(most // len(_PIECE)):
        yield _PIECE


def test_a_hundred_megabytes_are_refused(
    posting: GatewayServer, http_: Client, device: EnrolledDevice
) -> None:
    """With 413, told by its length or found on the way; the connection is good for another request."""
    before = files_of(posting)
    for content in (bytes(HUGE), pieces()):
        headers = {"Content-Type": "image/jpeg"}
        response = send(posting, http_, device, "POST", "/v1/media", content=content, headers=headers)
        validate(response, "/v1/media", "post")
        assert kind(response) == "too-large"
        assert send(posting, http_, device, "GET", "/v1/timeline").status_code == 200
    assert files_of(posting) == before


def test_one_byte_too_many_is_refused(posting: GatewayServer, http_: Client, device: EnrolledDevice) -> None:
    """The limit itself is not: it is no picture, and that is what is said."""
    assert kind(upload(posting, http_, device, bytes(MAX_BYTES + 1))) == "too-large"
    assert kind(upload(posting, http_, device, bytes(MAX_BYTES))) == "malformed-request"


def test_who_writes_to_the_end_hears_of_the_refusal(posting: GatewayServer, device: EnrolledDevice) -> None:
    """A client that reads no answer before it has sent all gets the problem, not a broken pipe."""
    headers = {**posting.headers(device, "/v1/media", method="POST"), "Content-Type": "image/jpeg"}
    connection = http.client.HTTPConnection("127.0.0.1", posting.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("POST", "/v1/media", bytes(HUGE), headers)
        response = connection.getresponse()
        assert response.status == 413
        assert json.loads(response.read())["type"].endswith("too-large")


def begin(server: GatewayServer, headers: dict[str, str], length: int) -> socket.socket:
    """Send the head of an upload and none of its body."""
    head = {**headers, "Host": "x", "Content-Type": "image/jpeg", "Content-Length": str(length)}
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    lines = [f"{name}: {value}\r\n" for name, value in head.items()]
    connection.sendall(f"POST /v1/media HTTP/1.1\r\n{''.join(lines)}\r\n".encode())
    return connection


@pytest.mark.parametrize("who", ["nobody", "bad proof", "no leave", "too much"])
def test_a_refusal_comes_before_the_body(posting: GatewayServer, device: EnrolledDevice, who: str) -> None:
    """Of a stranger, and of a device that may not, not one byte is waited for."""
    poor = writer(posting, USER, writes=mask_of(["likes"])) if who == "no leave" else device
    headers = posting.headers(poor, "/v1/media", method="POST")
    if who == "nobody":
        headers = {}
    if who == "bad proof":
        headers["DPoP"] = posting.headers(poor, "/v1/media")["DPoP"]
    length = HUGE if who == "too much" else 1000
    with begin(posting, headers, length) as connection:
        status = {"nobody": 401, "bad proof": 401, "no leave": 403, "too much": 413}[who]
        assert connection.recv(100).startswith(b"HTTP/1.1 %d " % status)


def test_a_slow_upload_is_given_up(
    posting: GatewayServer, device: EnrolledDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told so when its time is over, and takes no place any more."""
    monkeypatch.setattr(taking, "MOST_UPLOAD_S", 0.05)
    for _ in range(taking.MOST_OF_ONE + 1):
        with begin(posting, posting.headers(device, "/v1/media", method="POST"), 1000) as connection:
            connection.sendall(b"\xff\xd8\xff")
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_an_upload_that_breaks_off_leaves_nothing(posting: GatewayServer, device: EnrolledDevice) -> None:
    """Half a body and a closed connection: no file, and its place is free again."""
    before = files_of(posting)
    for _ in range(taking.MOST_OF_ONE + 1):
        with begin(posting, posting.headers(device, "/v1/media", method="POST"), 1000) as connection:
            connection.sendall(b"\xff\xd8\xff")
    with Client(timeout=30) as client:
        response = upload(posting, client, device)
        # The server may be about to hear of the last of them.
        while response.status_code == 503:
            response = upload(posting, client, device)
        assert response.status_code == 201
    assert len(files_of(posting)) <= len(before) + 2


def test_an_upload_takes_longer_than_an_answer_may(tmp_path: Path) -> None:
    """The bound on answers does not cut who sends a picture slowly; it runs from the answer on."""
    with posting_gateway(tmp_path) as server:
        server.config = replace(server.config, max_send_s=1)
        server.restart()
        device, raw = writer(server, USER), plain()
        with begin(server, server.headers(device, "/v1/media", method="POST"), len(raw)) as connection:
            connection.sendall(raw[:10])
            waited = threading.Event()
            waited.wait(2.5)
            connection.sendall(raw[10:])
            assert connection.recv(100).startswith(b"HTTP/1.1 201 ")


def test_a_bearer_token_may_upload_too(posting: GatewayServer, http_: Client) -> None:
    """Where the agreement takes devices without a key."""
    token, _ = app_token(posting, USER)
    headers = {"Authorization": f"Bearer {token}", "Bailment-Build": APPROVED, "Content-Type": "image/jpeg"}
    response = http_.post(f"{posting.url}/v1/media", content=plain(), headers=headers)
    assert response.status_code == 201
    del headers["Content-Type"]
    answer = http_.get(f"{posting.url}/v1/media/{response.json()['id']}", headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("media_id", ["0", "x", "..%2f..%2fkeys", "9" * 40, "%00", "-1", "1'--"])
def test_an_id_that_is_none_is_nobody_s(
    posting: GatewayServer, http_: Client, device: EnrolledDevice, media_id: str
) -> None:
    """The same nothing as of any other picture."""
    answer: httpx.Response = send(posting, http_, device, "GET", f"/v1/media/{media_id}")
    assert (answer.status_code, kind(answer)) == (404, "not-found")


def test_pictures_outlive_a_restart(tmp_path: Path) -> None:
    """What was acknowledged is there again, file and row; what no row names stays for its hour."""
    with posting_gateway(tmp_path) as server, Client(timeout=30) as client:
        device = writer(server, USER)
        media_id = upload(server, client, device).json()["id"]
        stray: Free = server.config.media_folder / "ab" / ("ab" * 32)
        stray.write_bytes(b"stray")
        server.restart()
        assert send(server, client, device, "GET", f"/v1/media/{media_id}").status_code == 200
        assert stray.exists()
