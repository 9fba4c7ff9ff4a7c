"""Pictures in the Mastodon client API over a real server: uploads, and addresses without credentials."""

from collections.abc import Iterator

import pytest
from httpx import Client, Response

from bailment.app import Platform
from bailment.model.encoding import hash_token
from bailment.model.fields import ALL_FIELDS, mask_of
from bailment.partners.grants import Grants
from bailment.seal.capability import HALF_DAY_MS, Reference
from tests.support.pictures import SECRET, encoded, exif_of_a_phone, opened, plain
from tests.support.posting_server import app_token, posting, writer
from tests.support.server import EnrolledDevice, GatewayServer
from tests.support.small_world import OPEN, STRANGER, USER
from tests.support.world import Free

__all__ = ["posting"]


class App:
    """An app that has a bearer token and speaks to the real server."""

    def __init__(self, server: GatewayServer, http: Client, person_id: int, **more: int) -> None:
        self.server, self.http = server, http
        self.token, self.grant_id = app_token(server, person_id, **more)

    def ask(self, method: str, path: str, **more: Free) -> Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.http.request(method, self.server.url + path, headers=headers, **more)

    def upload(self, raw: bytes = b"", path: str = "/api/v2/media", **data: str) -> Response:
        files = {"file": ("picture.jpg", raw or plain(size=(640, 480)), "image/jpeg")}
        return self.ask("POST", path, files=files, data=data)

    def picture(self) -> Free:
        response = self.upload()
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, *media_ids: str) -> Free:
        response = self.ask("POST", "/api/v1/statuses", json={"status": "x", "media_ids": media_ids})
        assert response.status_code == 200, response.text
        return response.json()

    def sees(self, status: Free) -> Free:
        """Return the first attachment of a status as this app sees it."""
        return self.ask("GET", f"/api/v1/statuses/{status['id']}").json()["media_attachments"][0]

    def address(self, media_id: str, *, thumbnail: bool = False, ago: int = 0) -> str:
        """Return the address of a picture for this app's token, as the server would make it."""
        reference = Reference(hash_token(self.token), media_id, thumbnail)

        async def make(platform: Platform) -> str:
            return platform.capabilities.seal(reference, self.server.now_ms() - ago)

        return f"{self.server.url}/media/{self.server.run(make)}"


@pytest.fixture(scope="module")
def http() -> Iterator[Client]:
    """Give an HTTP client."""
    with Client(timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def friend(posting: GatewayServer, http: Client) -> App:
    """Give the app of a friend who shows everything."""
    return App(posting, http, OPEN)


@pytest.fixture
def user(posting: GatewayServer, http: Client) -> App:
    """Give the user's app."""
    return App(posting, http, USER)


@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/media", "/api/v2/media/"])
def test_an_upload_has_its_addresses_at_once(user: App, http: Client, path: str) -> None:
    """200 with an attachment; at its addresses is the picture, whole and small, without metadata."""
    raw = encoded(opened(plain(size=(800, 600))), "JPEG", exif=exif_of_a_phone())
    response = user.upload(raw, path, description="a boat", focus="0.1,-0.4")
    assert response.status_code == 200, response.text
    entity = response.json()
    assert (entity["type"], entity["description"]) == ("image", "a boat")
    assert entity["meta"]["original"]["size"] == "800x600"
    for name, side in (("url", 800), ("preview_url", entity["meta"]["small"]["width"])):
        picture = http.get(entity[name])
        assert picture.status_code == 200
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.headers["x-content-type-options"] == "nosniff"
        assert picture.headers["access-control-allow-origin"] == "*"
        assert len(picture.headers["bailment-receipt"]) == 43
        assert opened(picture.content).size[0] == side
        assert SECRET not in picture.content


def test_a_picture_is_described_and_shown(user: App, friend: App) -> None:
    """By its person alone; a friend sees it when a status shows it, and cannot change it."""
    media_id = friend.picture()["id"]
    path = f"/api/v1/media/{media_id}"
    assert user.ask("GET", path).status_code == 404
    described = friend.ask("PUT", path, json={"description": "a lake", "focus": "0,0"})
    assert described.json()["description"] == "a lake"
    form = friend.ask("PUT", path + "/", data={"description": "the lake"})
    assert form.json()["description"] == "the lake"
    status = friend.post(media_id)
    assert status["media_attachments"][0]["description"] == "the lake"
    assert user.sees(status)["id"] == media_id
    assert user.ask("GET", path).json()["description"] == "the lake"
    assert user.ask("PUT", path, json={"description": "mine"}).status_code == 404
    for wrong in ("0", "x", "9" * 30):
        assert friend.ask("GET", f"/api/v1/media/{wrong}").status_code == 404
        assert friend.ask("PUT", f"/api/v1/media/{wrong}", json={"description": "x"}).status_code == 404


def test_each_fetch_is_decided_and_recorded(
    posting: GatewayServer, user: App, friend: App, http: Client
) -> None:
    """The friend's setting closes it at the same address, and opens it; the deletion ends it."""
    status = friend.post(friend.picture()["id"])
    url = user.sees(status)["url"]
    receipts = {http.get(url).headers["bailment-receipt"] for _ in range(2)}
    assert len(receipts) == 2
    posting.set_setting(OPEN, ALL_FIELDS & ~mask_of(["photos"]))
    try:
        assert http.get(url).status_code == 404
    finally:
        posting.set_setting(OPEN, ALL_FIELDS)
    assert http.get(url).status_code == 200
    friend.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    assert http.get(url).status_code == 404


def test_a_withdrawn_grant_ends_its_addresses(
    posting: GatewayServer, user: App, friend: App, http: Client
) -> None:
    """At once, and only those that were made for its tokens."""
    other = App(posting, http, USER)
    status = friend.post(friend.picture()["id"])
    mine, theirs = user.sees(status)["url"], other.sees(status)["url"]
    assert mine != theirs

    async def withdraw(platform: Platform) -> None:
        await Grants(platform.store, platform.keys).withdraw(user.grant_id, USER, posting.now_ms())

    posting.run(withdraw)
    answer = http.get(mine)
    assert (answer.status_code, answer.json()["error"]) == (404, "Record not found")
    assert b"grant" not in answer.content
    assert http.get(theirs).status_code == 200


def test_an_address_is_for_its_token_picture_and_variant(
    posting: GatewayServer, user: App, friend: App, http: Client
) -> None:
    """Made for somebody who may not see it, or for another picture, it shows nothing or that one."""
    stranger = App(posting, http, STRANGER)
    first, second = friend.picture()["id"], friend.picture()["id"]
    # A friend's friend's, a friend's of a draft, and nobody's token; an id that is none.
    hidden = [user.address(first), App(posting, http, USER).address(second), user.address("x")]
    friend.post(first)
    assert http.get(user.address(first)).status_code == 200
    for url in (*hidden[1:], user.address("12345")):
        assert http.get(url).status_code == 404
    alone = stranger.picture()["id"]
    stranger.post(alone)
    assert http.get(user.address(alone)).status_code == 404
    assert opened(http.get(friend.address(first)).content).size == (640, 480)
    assert opened(http.get(friend.address(first, thumbnail=True)).content).size[0] < 640


def test_a_changed_or_old_address_shows_nothing(user: App, http: Client) -> None:
    """Every changed letter of a real one, one from the day before yesterday, and plain ids."""
    media_id = user.picture()["id"]
    url = user.address(media_id)
    assert http.get(url).status_code == 200
    head, _, address = url.rpartition("/")
    for at in range(0, len(address), 16):
        other = "A" if address[at] != "A" else "B"
        assert http.get(f"{head}/{address[:at]}{other}{address[at + 1 :]}").status_code == 404
    assert http.get(user.address(media_id, ago=2 * HALF_DAY_MS)).status_code == 404
    for path in (media_id, f"{media_id}/original", "x" * 500, "%00"):
        assert http.get(f"{head}/{path}").status_code == 404
    assert http.post(url).status_code == 405


def test_a_bound_token_has_no_addresses(posting: GatewayServer, friend: App, http: Client) -> None:
    """Its pictures are where a proof goes along; an address made of it shows nothing."""
    device: EnrolledDevice = writer(posting, USER)
    status = friend.post(friend.picture()["id"])
    path = f"/api/v1/statuses/{status['id']}"
    answer = http.get(posting.url + path, headers=posting.headers(device, path))
    attachment = answer.json()["media_attachments"][0]
    assert attachment["url"] == f"{posting.url}/v1/media/{attachment['id']}"
    assert attachment["preview_url"] == f"{posting.url}/v1/media/{attachment['id']}/thumbnail"
    assert http.get(attachment["url"]).status_code == 401
    bound = App(posting, http, USER)
    bound.token = device.token
    assert http.get(bound.address(attachment["id"])).status_code == 404
    fetched = http.get(attachment["url"], headers=posting.headers(device, f"/v1/media/{attachment['id']}"))
    assert fetched.status_code == 200


PART = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\nP\r\n--b--'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b"no parts"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nP\r\n--b--',
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nP\r\n--b--',
        ),
        ("multipart/form-data", b""),
        ("application/json", b"{}"),
        ("image/jpeg", b"\xff\xd8\xff"),
    ],
)
def test_what_is_no_upload_is_said_in_the_protocol_s_form(user: App, kind: str, body: bytes) -> None:
    """422 with an error that people can read; and HTML is no picture."""
    answer = user.ask("POST", "/api/v2/media", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Validation failed")
    html = user.upload(b"<html><script>alert(1)</script></html>")
    assert (html.status_code, "JPEG" in html.json()["error"]) == (422, True)


def test_a_hundred_megabytes_are_refused(user: App) -> None:
    """413, and the connection is good for another request."""
    answer = user.upload(bytes(100_000_000))
    assert answer.status_code == 413
    assert user.ask("GET", "/api/v1/timelines/home").status_code == 200


def test_who_may_not_write_photos_may_not_upload(posting: GatewayServer, http: Client, user: App) -> None:
    """403 with the rule; without a token 401."""
    reader = App(posting, http, USER, writes=mask_of(["statuses"]))
    assert "grant.no-writes" in reader.upload().json()["error"]
    user.token = "nobody's"
    assert user.upload().status_code == 401
    assert http.options(posting.url + "/api/v2/media").status_code == 204
    assert http.get(posting.url + "/api/v2/media").status_code == 405
