"""The demo's scene of consent: a television asks by device code, and a person answers on the real pages.

What is left behind to open: the consent page as the person saw it, and their receipt.
"""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bailment.app import Platform
from bailment.cli import stage
from bailment.cli.browser import Browser, Page
from bailment.model.errors import Unavailable
from bailment.phone import commands as phone
from bailment.phone.oauth import OAuthProblem
from bailment.phone.problems import GatewayProblem

# What the person ticks of what the television asks for.
OWN, FRIENDS = ("name", "photo"), ("name", "email", "birthday")
ASKED_FRIENDS = ("name", "photo", "email", "birthday", "work")
_GRANT = re.compile(r"/my/grants/(grant_[A-Za-z0-9_-]+)/receipt")
_BESIDE = re.compile(r'"(/static/([a-z]+\.(?:css|svg))[^"]*)"')

Say = Callable[[str], object]


def request_details() -> list[dict[str, Any]]:
    """Return what the television asks for."""
    return [
        {
            "type": "bailment",
            "purpose": stage.PURPOSE,
            "self": list(OWN),
            "friends": list(ASKED_FRIENDS),
            "country": "DE",
            "device_name": "Lumen television",
            "build": stage.APPROVED.digest.hex(),
        }
    ]


async def tell(platform: Platform, root: Path, sign_in: stage.SignIn, say: Say) -> None:
    """Tell the scene: the grant, a read under it, its withdrawal, and the refusal that follows."""
    clients = await stage.add_clients(platform)
    home, url = root / "television", platform.config.origin
    asked: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def hear(line: str) -> None:
        say(line)
        if line.startswith("enter"):
            loop.call_soon_threadsafe(asked.put_nowait, line.split()[1])

    connecting = asyncio.create_task(
        asyncio.to_thread(
            phone.connect,
            home,
            url,
            clients.public.client_id,
            stage.APPROVED.digest.hex(),
            request_details(),
            say=hear,
        )
    )
    browser = Browser(url)
    code = await asked.get()
    grant_id = await asyncio.to_thread(_answer, browser, root, sign_in, code, say)
    await connecting
    await asyncio.to_thread(phone.sync, home, say=say)
    began = time.perf_counter()
    await asyncio.to_thread(_withdraw, browser, grant_id)
    took_ms = (time.perf_counter() - began) * 1000
    say(f"withdrawn on the page, in effect after {took_ms:.0f} ms; the next read:")
    await asyncio.to_thread(_refused, home, say)


def _answer(browser: Browser, root: Path, sign_in: stage.SignIn, code: str, say: Say) -> str:
    """Sign in, enter the code, tick some of what is asked for, keep the receipt; return the grant's id."""
    page = browser.open("/device")
    page = browser.send(page, page.form("/sign-in"), login=sign_in.login, password=sign_in.password)
    page = browser.send(page, page.form("/device"), user_code=code)
    form = next(form for form in page.forms if form.boxes)
    _keep(browser, page, root / "consent.html")
    ticked = [box for box in form.boxes if _is_chosen(box)]
    form.fields += ticked
    say(f"the person ticks {len(ticked)} of {len(form.boxes)} items and allows: {root / 'consent.html'}")
    done = browser.send(page, form, action="allow")
    found = _GRANT.search(done.path)
    if found is None:
        raise Unavailable("the demo's consent led to no receipt")
    receipt = browser.fetch(f"/my/grants/{found[1]}/receipt.json")
    (root / "receipt.json").write_bytes(receipt)
    say(f"and keeps a receipt (ISO/IEC TS 27560): {root / 'receipt.json'}")
    return found[1]


def _is_chosen(box: tuple[str, str]) -> bool:
    """Tell whether the person ticks a box: `own.N` are their fields, `friends.N` their friends'."""
    name, value = box
    return value in (OWN if name.startswith("own.") else FRIENDS)


def _keep(browser: Browser, page: Page, file: Path) -> None:
    """Store a page so that it opens as it was seen, with its style and icon beside it."""
    text = page.text
    for path, name in set(_BESIDE.findall(text)):
        (file.parent / name).write_bytes(browser.fetch(path))
        text = text.replace(path, name)
    file.write_text(text)


def _withdraw(browser: Browser, grant_id: str) -> None:
    page = browser.open("/my/grants")
    browser.send(page, page.form(f"{grant_id}/withdraw"))


def _refused(home: Path, say: Say) -> None:
    try:
        phone.sync(home, say=say)
    except (GatewayProblem, OAuthProblem) as problem:
        say(f"refused: {problem}")
    else:
        raise AssertionError("a read under a withdrawn grant was answered")
