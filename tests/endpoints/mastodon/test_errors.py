"""Every path answers in the protocol's form, whoever asks and whatever is sent."""

import itertools
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailment.endpoints.mastodon.routes import TABLE, row_at
from bailment.model.answers import Answer
from bailment.model.disclosure import Ask
from bailment.model.errors import BailmentError, Conflict, Tampered, Unavailable
from bailment.partners import holds
from tests.endpoints.mastodon.conftest import PhoneOf
from tests.support.mastodon import api_of
from tests.support.world import NOW, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PUBLIC = ("/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis", "/api/v1/instance/peers")
CORS = "access-control-allow-origin"
# What is the same for everybody; the app is told of by a function of the test's own.
STATIC = ("/preferences", "/tags/12345", "/apps/verify_credentials")


def every_row() -> list[tuple[str, str]]:
    """Return every method and path, with an id of nothing in its place."""
    return [(method, path.replace(":id", "12345")) for path, rows in TABLE.items() for method in rows]


def is_error(answer: Response, status: int) -> bool:
    """Tell whether an answer is an error of the protocol's form."""
    document: dict[str, Any] = answer.json()
    return (
        answer.status_code == status
        and set(document) == {"error", "error_description"}
        and all(isinstance(text, str) and text for text in document.values())
        and answer.headers[CORS] == "*"
        and answer.headers["cache-control"] == "private, no-store"
    )


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic eDp5", "DPoP abc", "Bearer " + "x" * 600]
)
async def test_without_a_usable_token_nothing_is_answered(http: AsyncClient, authorization: str) -> None:
    """Every path but the public ones asks for a token, as RFC 6750 has it."""
    headers = {"Authorization": authorization} if authorization else {}
    for method, path in every_row():
        answer = await http.request(method, path, headers=headers)
        assert is_error(answer, 401), path
        assert "resource_metadata=" in answer.headers["www-authenticate"]
    for path, slash in itertools.product(PUBLIC, ("", "/")):
        answer = await http.get(path + slash, headers=headers)
        assert (answer.status_code, answer.headers[CORS]) == (200, "*")


async def test_a_token_that_is_not_good_discloses_nothing(world: World, http: AsyncClient) -> None:
    """It is refused, or it is told only of what the platform does not have."""
    before = len(await world.raw_entries())
    for method, path in every_row():
        answer = await http.request(
            method, path, params={"id": "2", "acct": "2", "q": "a"}, json={"status": "x"},
            headers={"Authorization": "Bearer nobodys"},
        )  # fmt: skip
        told_nothing = answer.status_code in (401, 404, 422) or answer.json() in ([], {})
        assert told_nothing or path.endswith(STATIC), path
    assert len(await world.raw_entries()) == before


async def test_what_is_not_there_is_absent(phone: PhoneOf) -> None:
    """A status, account or notification that is not there, and ids that are none, are the same 404."""
    one = await phone(1)
    answers = set()
    for path, rows in TABLE.items():
        for method, nobody in itertools.product(
            rows, ("12345", "0", "x", "9" * 19, "9" * 40, "-1", "\u0661")
        ):
            if ":id" in path:
                answer = await one.ask(method, path.replace(":id", nobody), json={})
                known = answer.status_code in (404, 422) or answer.json() in ([], {}) or "/tags/" in path
                assert known, (method, path, nobody)
                if answer.status_code == 404:
                    assert is_error(answer, 404)
                    answers.add(answer.text)
    assert len(answers) == 1


async def test_no_path_tells_of_who_may_not_be_seen(phone: PhoneOf) -> None:
    """Whatever is asked, of whomever: no name, text, picture or like of a stranger or of what is closed."""
    one, two, four, five = [await phone(each) for each in (1, 2, 4, 5)]
    mine = (await one.post("mine"))["id"]
    theirs = [(await who.post("a hidden thought"))["id"] for who in (four, five)]
    shown = (await two.post("shown"))["id"]
    for who, liked in ((five, shown), (two, shown)):
        await who.done(f"/api/v1/statuses/{liked}/favourite")
    for path, rows in TABLE.items():
        for raw_id in ("2", "4", "5", "6", mine, shown, *theirs):
            if "GET" in rows:
                query = {"id[]": ["4", "5", "6"], "q": "f", "acct": raw_id}
                answer = await one.ask("GET", path.replace(":id", raw_id), params=query)
                for hidden in ("Eve Far", "Finn Li", "4.jpg", "hidden thought"):
                    assert hidden not in answer.text, (path, raw_id)
    assert (await one.get(f"/api/v1/statuses/{shown}"))["favourites_count"] == 1


async def test_a_hold_refuses_every_disclosure(world: World, phone: PhoneOf) -> None:
    """While the partner is on hold, whatever would disclose or write is refused by that rule."""
    one = await phone(1)
    await holds.place_hold(world.store, "lumen", "a test", NOW)
    for path in (
        "timelines/home",
        "accounts/verify_credentials",
        "accounts/2",
        "statuses/5",
        "notifications",
    ):
        answer = await one.ask("GET", f"/api/v1/{path}")
        assert is_error(answer, 403)
        assert "partner.on-hold" in answer.json()["error"]
    assert is_error(await one.ask("POST", "/api/v1/statuses", json={"status": "x"}), 403)


async def test_paths_and_methods_that_are_not_there(phone: PhoneOf, http: AsyncClient) -> None:
    """An unknown path is 404, an unknown method 405 with those that are there; HEAD is one of the unknown."""
    one = await phone(1)
    for path in (
        "/api/",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/media/1/2/3",
        "/api/v3/instance",
        "/api/v1//",
    ):
        for method in METHODS:
            assert is_error(await one.ask(method, path), 404), path
    for path, rows in TABLE.items():
        for method in {*METHODS} - {*rows}:
            answer = await one.ask(method, path.replace(":id", "1"))
            assert is_error(answer, 405), (method, path)
            assert set(answer.headers["allow"].split(", ")) == set(rows)
    assert (await http.post("/api/v1/instance")).status_code == 405
    head = await one.ask("HEAD", "/api/v1/timelines/home")
    assert (head.status_code, head.content) == (405, b"")


async def test_a_page_of_any_origin_may_ask(http: AsyncClient) -> None:
    """The preflight of a browser is answered, and never with credentials."""
    answer = await http.options("/api/v1/statuses", headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, answer.headers[CORS]) == (204, "*")
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_body_over_its_limit_is_not_read(phone: PhoneOf) -> None:
    """It is 413, and nothing is posted."""
    one = await phone(1)
    answer = await one.ask("POST", "/api/v1/statuses", json={"status": "x" * (1 << 20)})
    assert is_error(answer, 413)
    longest = await one.ask("POST", "/api/v1/statuses", json={"status": "\U0001f600" * 5000})
    assert longest.status_code == 200


@pytest.mark.parametrize("fault", [Unavailable, Conflict, Tampered])
async def test_a_store_that_does_not_answer_is_503(world: World, fault: type[BailmentError]) -> None:
    """Nothing can be recorded, so nothing is shown; whatever the fault is, it is not told."""

    async def disclose(_ask: Ask) -> Answer:
        raise fault("the disk is full")

    async with api_of(world, disclose) as http:
        answer = await http.get("/api/v1/timelines/home", headers={"Authorization": "Bearer x"})
    assert is_error(answer, 503)
    assert answer.headers["retry-after"] == "1"
    assert "disk" not in answer.text


async def test_pictures_of_who_shows_none_are_there(http: AsyncClient) -> None:
    """To anybody, from our own origin."""
    for path in ("/avatars/original/missing.png", "/headers/original/missing.png"):
        answer = await http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.content.startswith(b"\x89PNG")
        assert (await http.head(path)).status_code == 200
        assert (await http.post(path)).status_code == 405


def test_a_path_of_a_name_is_not_taken_for_an_id() -> None:
    """What has a path of its own is found there."""
    assert row_at("/api/v1/accounts/relationships")[1] == ""
    assert row_at("/api/v1/accounts/7/statuses")[1] == "7"
    assert row_at("/api/v1/timelines/tag/x")[1] == "x"
    assert row_at("/api/v1/accounts/:id/statuses/more")[0] is None


_RAW = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=20).map(str.encode),
    st.sampled_from(
        [b"1", b"0", b"-1", b"[]", b"{}", b'{"id":[["1"]]}', b"id[]=1&id[0]=2", b"a=%zz", b"\xff"]
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.sampled_from(every_row()),
    raw_id=st.text(st.characters(codec="utf-8", exclude_characters="/?#\\"), min_size=1, max_size=12),
    query=_RAW,
    body=_RAW,
    kind=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""]
    ),
)
async def test_whatever_is_sent_is_answered_in_form(
    phone: PhoneOf, row: tuple[str, str], raw_id: str, query: bytes, body: bytes, kind: str
) -> None:
    """No input gives a fault of the server, and every answer is JSON."""
    one = await phone(1)
    method, path = row
    # The client would not send such a path, a server may get it: it is put into the scope as it is.
    raw = path.replace("12345", "".join(f"%{each:02x}" for each in raw_id.encode()))
    answer = await one.ask(
        method, f"{raw}?{quote(query, safe='&=[]%+')}", content=body, headers={"Content-Type": kind}
    )
    assert answer.status_code in (200, 404, 413, 422), answer.text
    assert answer.json() is not None
