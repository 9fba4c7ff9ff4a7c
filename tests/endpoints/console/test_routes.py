"""The page as text: escaped, without script, and only for who has the key."""

from collections.abc import Sequence

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from bailment.endpoints.console.codec import Reason, Row
from bailment.endpoints.console.routes import MOST_ROWS, console_routes, render_page

HOSTILE = "<script>alert(1)</script>\"'&"
ROW = Row(
    "now", "disclosure", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (Reason(HOSTILE, HOSTILE),), HOSTILE
)


def test_everything_in_a_row_is_escaped() -> None:
    """What a client or a partner wrote stays text."""
    page = render_page([ROW], live=True)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_a_kept_page_does_not_ask_again() -> None:
    """Only the live page refreshes itself; both say what an empty list means."""
    assert 'http-equiv="refresh"' in render_page([], live=True)
    assert 'http-equiv="refresh"' not in render_page([], live=False)
    assert "No disclosure yet" in render_page([], live=False)


async def _get(key: str, query: str) -> Response:
    async def newest(most: int) -> Sequence[Row]:
        assert most == MOST_ROWS
        return [ROW]

    transport = ASGITransport(Starlette(routes=console_routes(key, newest)))
    async with AsyncClient(transport=transport, base_url="http://gateway.example") as client:
        return await client.get(f"/console?{query}")


@pytest.mark.parametrize(
    ("query", "status"), [("key=k%C3%A9y", 200), ("key=key", 404), ("key=", 404), ("", 404)]
)
async def test_the_key_opens_the_page(query: str, status: int) -> None:
    """Any other key, or none, finds nothing."""
    answer = await _get("kéy", query)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "script-src" not in answer.headers["content-security-policy"]


async def test_without_a_configured_key_there_is_no_page() -> None:
    """An empty key opens nothing: there is no route at all."""
    assert (await _get("", "key=")).status_code == 404
