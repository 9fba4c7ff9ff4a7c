"""The tables of docs/api.md are true of what is mounted: each path, and each method that it has."""

import inspect
import re
from pathlib import Path

from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from bailment.app import build_asgi, open_platform
from bailment.config import Config
from tests.support.documents import ROOT

ORIGIN = "https://gateway.example"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What other parts of the documents tell of: the API's own table, the ledger, the console, the register, the
# operations of docs/admin-api.md, styles and icons, the address book of docs/carddav.md,
# the API and pictures of docs/mastodon.md.
ELSEWHERE = (
    "/v1",
    "/ledger/",
    "/console",
    "/static/",
    "/admin/",
    "/register",
    "/carddav",
    "/.well-known/carddav",
    "/api",
    "/avatars/",
    "/headers/",
    "/media/",
)
_ROW = re.compile(r"^\| ((?:`[A-Z]+`(?:, | ))+)`(/[^`]*)` \| [^|]+ \| [^|]+ \|", re.MULTILINE)
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_PARAMETER = re.compile(r"\{\w+\}")


def _documented() -> dict[str, set[str]]:
    """Return the methods of each path in the tables; the name of a parameter does not matter."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    rows = _ROW.findall(text.partition("## Endpoints of the authorization server")[2])
    found = {_PARAMETER.sub("{}", path): set(re.findall("[A-Z]+", methods)) for methods, path in rows}
    assert len(found) == len(rows), "a path has two rows"
    return found


def _mounted(asgi: ASGIApp) -> list[str]:
    """Return the paths of the application, which `build_asgi` puts behind a function of its own."""
    app = inspect.getclosurevars(asgi).nonlocals["app"]
    assert isinstance(app, Starlette)
    paths = []
    for route in app.routes:
        assert isinstance(route, Route), "what stands under a mount would be missed"
        paths.append(route.path)
    return [path for path in paths if not path.startswith(ELSEWHERE)]


async def _methods(asgi: ASGIApp, path: str) -> set[str]:
    """Ask for a path in every way; return the methods that are not answered with 405."""
    found = set()
    for method in METHODS:
        async with AsyncClient(transport=ASGITransport(asgi), base_url=ORIGIN) as http:
            # A page refuses a post that no page of ours sent, before it looks at anything else.
            token = _CSRF.search((await http.get("/sign-in")).text)
            assert token
            form = {"csrf": token[1]} if method == "POST" else None
            answer = await http.request(
                method, _PARAMETER.sub("x", path), data=form, headers={"Origin": ORIGIN}
            )
        assert answer.status_code not in (404, 500), (method, path)
        if answer.status_code != 405:
            found.add(method)
    return found


async def test_the_tables_have_every_path_and_method(tmp_path: Path) -> None:
    """What is mounted is documented, and what is documented is mounted."""
    async with open_platform(Config(tmp_path, ORIGIN)) as platform:
        asgi = build_asgi(platform)
        found = {_PARAMETER.sub("{}", path): await _methods(asgi, path) for path in _mounted(asgi)}
    assert found == _documented()
