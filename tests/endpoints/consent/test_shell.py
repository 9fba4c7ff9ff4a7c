"""What stands around every page: from each family of error to a page, and from a race to a word about it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Route

from bailment.endpoints.consent.consent_routes import consent_routes
from bailment.endpoints.consent.pages import Consenting, Overview, Pages, Sessions, SignIn
from bailment.endpoints.consent.shell import Answer, Asked, Page, Shown
from bailment.model.errors import Conflict, Malformed, Tampered, Unavailable
from bailment.model.fields import mask_of
from bailment.model.oauth import Wish
from bailment.model.programme import Consent
from bailment.oauth.consenting import Question
from bailment.oauth.protocol import ProtocolError
from bailment.oauth.sessions import Visit, new_visit

ORIGIN = "https://gateway.example"
NOW = 1_790_000_000_000
WISH = Wish((Consent("games", mask_of(["name"]), 0),), "DE")
VISIT = replace(new_visit(NOW), person_id=1, is_new=False)


ASKING = Question(
    "An App",
    "A Hub",
    "A Maker",
    "DE",
    "device",
    WISH,
    bearer=False,
    build_version="",
    user_code="",
    latest_until=NOW + 400 * 86_400_000,
)


async def _nothing(*_: object, **__: object) -> Any:  # noqa: ANN401 - it stands for anything that is not called
    return None


async def _visit(*_: object) -> Visit:
    return VISIT


async def _name(_: int) -> str:
    return ""


def _pages(consenting: Consenting | None = None, find: Callable[..., Awaitable[Visit]] = _visit) -> Pages:
    class NoGrants:
        give = amend = enrol_by_code = enrol_by_device_request = staticmethod(_nothing)
        narrow = withdraw = revoke_tokens = revoke_access_token = remove_device = staticmethod(_nothing)

    return Pages(
        ORIGIN,
        lambda: NOW,
        Sessions(find, _visit, _visit),
        SignIn(),
        consenting or Consenting(*[_nothing] * 7),
        Overview(_name, *[_nothing] * 5),
        NoGrants(),
        _nothing,
    )


@dataclass(frozen=True)
class Browser:
    """Asks an application in this process."""

    http: AsyncClient

    async def post(self, path: str, **fields: str) -> Response:
        """Send a form with the token of the session."""
        return await self.http.post(path, data={"csrf": VISIT.csrf, **fields}, headers={"Origin": ORIGIN})


async def _browser(routes: list[Any]) -> AsyncIterator[Browser]:
    transport = ASGITransport(Starlette(routes=routes))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield Browser(http)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Malformed("odd"), 400, "cannot be understood"),
        (ProtocolError("invalid_request", "say it better", status=400), 400, "say it better"),
        (ProtocolError("slow_down", "later", status=429), 429, "slow_down: later"),
        (Conflict("gone"), 409, "not possible any more"),
        (Unavailable("no database"), 503, "Not available at the moment"),
        (Tampered("damaged"), 503, "Not available at the moment"),
    ],
)
async def test_every_family_of_error_has_its_page(error: Exception, status: int, words: str) -> None:
    """With its status, the usual headers, and nothing of the message but the protocol's own."""

    async def fails(_: Asked) -> Answer:
        raise error

    async for browser in _browser([Route("/it", Page(_pages(), fails, fails))]):
        for answer in (await browser.http.get("/it"), await browser.post("/it")):
            assert answer.status_code == status
            assert words in answer.text
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert ("retry-after" in answer.headers) == (status == 503)
            assert "no database" not in answer.text


async def test_without_a_database_nobody_is_signed_out() -> None:
    """The session cannot be looked up: the page says so, and the browser keeps its cookie."""

    async def fails(*_: object) -> Visit:
        raise Unavailable("no database")

    async def shows(_: Asked) -> Answer:
        return Shown("problem.html", {"kind": "gone", "detail": ""})

    async for browser in _browser([Route("/it", Page(_pages(find=fails), shows))]):
        answer = await browser.http.get("/it", headers={"Cookie": f"__Host-bailment={VISIT.secret}"})
        assert answer.status_code == 503
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("action", ["allow", "refuse"])
async def test_an_interaction_that_is_answered_meanwhile_is_gone(action: str) -> None:
    """Two windows at the same moment: the second one's answer is none, and the page says so."""

    async def looks(*_: object) -> Question:
        return ASKING

    consenting = replace(Consenting(*[_nothing] * 7), look=looks)
    async for browser in _browser(consent_routes(_pages(consenting))):
        answer = await browser.post("/consent/x", **{"own.0": "name", "until": "30", "action": action})
        assert answer.status_code == 404
        assert "not waiting any more" in answer.text


@pytest.mark.parametrize("location", ["javascript:alert(1)", "data:text/html,x", "JavaScript:alert(1)"])
async def test_nobody_is_sent_to_a_script(location: str) -> None:
    """Such a URI can never have been registered: should it come, it is our mistake, and nothing is shown."""

    async def looks(*_: object) -> Question:
        return ASKING

    async def refuses(*_: object) -> str:
        return location

    consenting = replace(Consenting(*[_nothing] * 7), look=looks, refuse=refuses)
    async for browser in _browser(consent_routes(_pages(consenting))):
        with pytest.raises(AssertionError):
            await browser.post("/consent/x", until="30", action="refuse")


async def test_a_secret_near_its_end_is_changed_before_something_waits_under_it() -> None:
    """What waits for half an hour is not tied to a secret that is good for less."""
    old = replace(new_visit(NOW - 12 * 3_600_000), is_new=False)
    tied: list[bytes] = []

    async def finds(*_: object) -> Visit:
        return old

    async def begins(_client: str, _uri: str, session_key: bytes, _now: int) -> str:
        tied.append(session_key)
        return "a" * 52

    consenting = replace(Consenting(*[_nothing] * 7), begin=begins)
    async for browser in _browser(consent_routes(_pages(consenting, finds))):
        answer = await browser.http.get("/oauth/authorize?client_id=c&request_uri=urn:x")
        assert answer.status_code == 303
        assert "__Host-bailment=" in answer.headers["set-cookie"]
    assert tied != [old.key]
