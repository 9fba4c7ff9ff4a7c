"""Statuses and albums over the JSON API of a real server: wire forms, validated by the document."""

import json
from collections.abc import Iterator

import pytest
from httpx import Client, Response

from bailment.model.fields import mask_of
from tests.endpoints.api.test_openapi import DOCUMENT, validate
from tests.support.posting_server import posting, send, upload, writer
from tests.support.server import UNAPPROVED, EnrolledDevice, GatewayServer
from tests.support.small_world import OPEN, STRANGER, USER
from tests.support.world import Free

__all__ = ["posting"]


class Talk:
    """A device that speaks the JSON API; what it hears is held against the document."""

    def __init__(self, server: GatewayServer, http: Client, person_id: int, **more: int) -> None:
        self.server, self.http = server, http
        self.device: EnrolledDevice = writer(server, person_id, **more)

    def ask(self, method: str, path: str, template: str = "", **more: Free) -> Response:
        response = send(self.server, self.http, self.device, method, path, **more)
        if response.headers.get("content-type", "").endswith("json"):
            validate(response, template or path.partition("?")[0], method.lower())
        return response

    def get(self, path: str, template: str = "") -> Free:
        response = self.ask("GET", path, template)
        assert response.status_code == 200, response.text
        assert len(response.headers["bailment-receipt"]) == 43
        return response.json()

    def post(self, text: str, **more: Free) -> str:
        response = self.ask("POST", "/v1/statuses", json={"text": text, **more})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def photo(self) -> str:
        response = upload(self.server, self.http, self.device)
        validate(response, "/v1/media", "post")
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def album(self, title: str = "Summer") -> str:
        response = self.ask("POST", "/v1/albums", json={"title": title})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])


@pytest.fixture(scope="module")
def user(posting: GatewayServer) -> Iterator[Talk]:
    """Give the user's device."""
    with Client(timeout=30) as http:
        yield Talk(posting, http, USER)


@pytest.fixture(scope="module")
def friend(posting: GatewayServer) -> Iterator[Talk]:
    """Give a device of a friend who shows everything."""
    with Client(timeout=30) as http:
        yield Talk(posting, http, OPEN)


@pytest.fixture(scope="module")
def stranger(posting: GatewayServer) -> Iterator[Talk]:
    """Give a device of the friend's friend."""
    with Client(timeout=30) as http:
        yield Talk(posting, http, STRANGER)


STATUS, ALBUM = "/v1/statuses/{id}", "/v1/albums/{id}"


def test_a_status_is_posted_read_liked_and_deleted(user: Talk, friend: Talk) -> None:
    """It says who operates the app; counts follow; the last look comes with the deletion."""
    status = friend.post("hello <b>all</b>")
    page = user.get("/v1/timeline?limit=5")
    (shown,) = [each for each in page["statuses"] if each["id"] == status]
    assert (shown["text"], shown["person"]) == ("hello <b>all</b>", str(OPEN))
    assert shown["via"] == {"app": "", "integration": "Lumen Hub", "operator": "Lumen Mobile"}
    assert {"id": str(OPEN), "name": {"full": "Chidi Eze"}} in page["people"]
    liked = user.ask("PUT", f"/v1/statuses/{status}/like", STATUS + "/like")
    assert liked.json()["status"]["likes"] == 1
    assert liked.json()["new"]
    again = user.ask("PUT", f"/v1/statuses/{status}/like", STATUS + "/like")
    assert not again.json()["new"]
    reply = user.post("hi", reply_to=status)
    around = user.get(f"/v1/statuses/{reply}/context", STATUS + "/context")
    assert [each["id"] for each in around["before"]] == [status]
    assert user.get(f"/v1/statuses/{reply}", STATUS)["status"]["reply_to_person"] == str(OPEN)
    unliked = user.ask("DELETE", f"/v1/statuses/{status}/like", STATUS + "/like")
    assert unliked.json()["status"]["likes"] == 0
    assert user.ask("DELETE", f"/v1/statuses/{status}", STATUS).status_code == 404
    gone = friend.ask("DELETE", f"/v1/statuses/{status}", STATUS)
    assert gone.json()["status"]["text"] == "hello <b>all</b>"
    assert friend.ask("GET", f"/v1/statuses/{status}", STATUS).status_code == 404


def test_a_key_makes_one_status(user: Talk) -> None:
    """The second answer is 200 with the first one's id."""
    more: Free = {"json": {"text": "once"}, "headers": {"Idempotency-Key": "abc"}}
    first, second = (user.ask("POST", "/v1/statuses", **more) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert (first.json()["new"], second.json()["new"]) == (True, False)


def test_pages_go_on_where_they_say(user: Talk) -> None:
    """`older` is the next `max_id`, `newer` the next `min_id`; an empty page has neither."""
    ids = [user.post(f"page {number}") for number in range(3)]
    page = user.get("/v1/timeline?limit=2")
    assert [each["id"] for each in page["statuses"]] == [ids[2], ids[1]]
    older = user.get(f"/v1/timeline?limit=1&max_id={page['older']}")
    assert [each["id"] for each in older["statuses"]] == [ids[0]]
    newer = user.get(f"/v1/timeline?limit=1&min_id={older['newer']}")
    assert [each["id"] for each in newer["statuses"]] == [ids[1]]
    empty = user.get(f"/v1/timeline?since_id={ids[2]}")
    assert empty["statuses"] == []
    assert "older" not in empty


def test_an_album_is_shared_and_unshared(user: Talk, friend: Talk, stranger: Talk) -> None:
    """The friend sees it and its pictures' bytes while it is shared, and nobody else does."""
    photo, album = friend.photo(), friend.album("A day out")
    put = friend.ask("PUT", f"/v1/albums/{album}/photos/{photo}", ALBUM + "/photos/{media}")
    assert [each["id"] for each in put.json()["album"]["photos"]] == [photo]
    share = f"/v1/albums/{album}/shared/{USER}"
    assert friend.ask("PUT", share, ALBUM + "/shared/{friend}").json()["album"]["shared"] == [str(USER)]
    seen = user.get(f"/v1/albums/{album}", ALBUM)["album"]
    assert (seen["title"], seen["count"], "shared" in seen) == ("A day out", 1, False)
    (listed,) = user.get("/v1/albums")["albums"]
    assert (listed["id"], listed["cover"]["id"]) == (album, photo)
    assert user.ask("GET", f"/v1/media/{photo}", "/v1/media/{id}").status_code == 200
    for path, template in ((f"/v1/albums/{album}", ALBUM), (f"/v1/media/{photo}", "/v1/media/{id}")):
        assert stranger.ask("GET", path, template).status_code == 404
    assert user.ask("PUT", share.replace(f"/{USER}", "/7"), ALBUM + "/shared/{friend}").status_code == 404
    assert friend.ask("DELETE", share, ALBUM + "/shared/{friend}").json()["new"]
    assert user.ask("GET", f"/v1/albums/{album}", ALBUM).status_code == 404
    assert user.ask("GET", f"/v1/media/{photo}", "/v1/media/{id}").status_code == 404
    out = friend.ask("DELETE", f"/v1/albums/{album}/photos/{photo}", ALBUM + "/photos/{media}")
    assert out.json()["album"]["photos"] == []
    assert friend.ask("DELETE", f"/v1/albums/{album}", ALBUM).json()["album"]["title"] == "A day out"


def test_the_end_of_a_wrong_request_is_a_problem(user: Talk) -> None:
    """Whatever is wrong with query, body or id; nothing is posted."""
    before = user.get("/v1/timeline")["statuses"]
    bad: list[dict[str, Free]] = [
        {"content": b"{"},
        {"json": {"text": ""}},
        {"json": {"text": "x" * 5001}},
        {"json": {"text": "a\0b"}},
        {"json": {"text": "x", "visibility": "public"}},
        {"json": {"text": "x", "photos": ["1", "1"]}},
        {"json": {"text": "x", "photos": ["../x"]}},
        {"json": ["x"]},
        {"json": {"text": "x"}, "headers": {"Idempotency-Key": "k" * 257}},
        {"content": b"\xff"},
        {"content": b'{"text":"' + b"\xed\xa0\x80" + b'"}'},
    ]
    for each in bad:
        assert user.ask("POST", "/v1/statuses", **each).status_code == 400, each
    assert user.ask("POST", "/v1/statuses", content=b" " * 70_000).status_code == 413
    assert user.ask("POST", "/v1/statuses", json={"text": "x", "reply_to": "nobody"}).status_code == 404
    for query in (
        "limit=0",
        "limit=81",
        "limit=x",
        "max_id=-1",
        "max_id=1&max_id=2",
        "x=1",
        "%",
        "min_id=" + "9" * 19,
    ):
        assert user.ask("GET", f"/v1/timeline?{query}").status_code == 400, query
    for status in ("0", "x", "9" * 30, "%00", "-1"):
        assert user.ask("GET", f"/v1/statuses/{status}", STATUS).status_code == 404
        assert user.ask("PUT", f"/v1/statuses/{status}/like", STATUS + "/like").status_code == 404
    assert user.ask("PUT", "/v1/statuses/1/like", STATUS + "/like", content=b"x").status_code == 413
    for title in ("", " ", "x" * 201):
        assert user.ask("POST", "/v1/albums", json={"title": title}).status_code == 400
    assert user.get("/v1/timeline")["statuses"] == before


def test_every_write_and_read_needs_all_of_it(posting: GatewayServer, user: Talk) -> None:
    """Without a token 401, with another build or without leave 403: on every path, and nothing is written."""
    paths = [
        (path.replace("{id}", "1").replace("{media}", "1").replace("{friend}", "3"), path, verb)
        for path, item in DOCUMENT["paths"].items()
        for verb in item
        if path.startswith(("/v1/timeline", "/v1/statuses", "/v1/media", "/v1/albums"))
    ]
    assert len(paths) == 19
    bodies = {
        "/v1/statuses": {"text": "x"},
        "/v1/albums": {"title": "x"},
        "/v1/media/{id}": {"description": "x"},
    }
    poor = Talk(posting, user.http, USER, writes=mask_of([]))
    for path, template, verb in paths:
        body = bodies.get(template) if verb in ("post", "patch") else None
        more: dict[str, Free] = {} if body is None else {"json": body}
        if template == "/v1/media":
            more = {"content": b"x", "headers": {"Content-Type": "image/png"}}
        bare = user.http.request(verb, posting.url + path, **more)
        assert bare.status_code == 401
        validate(bare, template, verb)
        headers = {**more.pop("headers", {}), "Bailment-Build": UNAPPROVED}
        refused = user.ask(verb.upper(), path, template, headers=headers, **more)
        assert (refused.status_code, refused.json()["rule"]) == (403, "build.not-approved")
        if verb != "get":
            del headers["Bailment-Build"]
            refused = poor.ask(verb.upper(), path, template, headers=headers, **more)
            assert (refused.status_code, refused.json()["rule"]) == (403, "grant.no-writes")


def test_answers_are_compressed_when_asked(user: Talk) -> None:
    """With gzip, like every other read."""
    user.post("x" * 1000)
    response = user.ask("GET", "/v1/timeline", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(response.content)["statuses"]


def test_a_path_has_its_methods_and_no_others(user: Talk) -> None:
    """And says which."""
    response = send(user.server, user.http, user.device, "PATCH", "/v1/albums/1")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, DELETE")
