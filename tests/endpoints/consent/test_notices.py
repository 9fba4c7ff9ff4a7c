"""The notice that a partner's agreement ends, on the page of a person's own devices and grants."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

from bailment.endpoints.consent.grants_routes import grants_routes
from bailment.endpoints.consent.pages import Overview
from bailment.model.oauth import GrantRow
from bailment.model.winddown import Notice
from tests.endpoints.consent.test_shell import NOW, ORIGIN, _name, _nothing, _pages


async def _none(_person_id: int) -> Sequence[GrantRow]:
    return ()


async def _one(_person_id: int) -> Sequence[Notice]:
    return (Notice("Lumen <Mobile>", NOW + 3_600_000, NOW),)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "ends on 21 September 2026"), ("ar", "تنتهي اتفاقيتنا مع")],
    ids=["English", "Arabic"],
)
async def test_a_person_is_told_that_an_agreement_ends(language: str, words: str) -> None:
    """Who ends, when, and what that means, in the person's language; a name is text and no markup."""
    overview = replace(Overview(_name, _none, *[_nothing] * 4), notices_of=_one)
    routes = grants_routes(replace(_pages(), overview=overview))
    transport = ASGITransport(Starlette(routes=routes))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as http:
        answer = await http.get("/my/grants", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert words in answer.text
    assert "Lumen &lt;Mobile&gt;" in answer.text


async def test_without_a_notice_nothing_is_said() -> None:
    """The page is as before."""
    overview = Overview(_name, _none, *[_nothing] * 4)
    transport = ASGITransport(Starlette(routes=grants_routes(replace(_pages(), overview=overview))))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as http:
        assert "ends on" not in (await http.get("/my/grants")).text
