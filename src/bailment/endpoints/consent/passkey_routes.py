"""My passkeys: a list, one more, one less. Only where passkeys are offered; making one needs our script."""

from base64 import urlsafe_b64decode
from binascii import Error

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.forms import sign_in_path
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.shell import Answer, Asked, Page, Shown
from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.oauth.ceremonies import Ceremonies, PasskeyRefused

# A passkey opens the account for good: whoever adds or removes one has just signed in.
FRESH_MS = 15 * 60_000
PASSKEYS = "/my/passkeys"


def passkey_routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of a person's passkeys."""
    if pages.sign_in.passkeys is None:
        return []
    its = _Passkeys(pages, pages.sign_in.passkeys)
    return [
        Route(PASSKEYS, Page(pages, its.show, its.add)),
        Route(f"{PASSKEYS}/remove", Page(pages, None, its.remove)),
    ]


class _Passkeys:
    """The handlers."""

    def __init__(self, pages: Pages, ceremonies: Ceremonies) -> None:
        self._pages = pages
        self._ceremonies = ceremonies

    async def show(self, asked: Asked) -> Answer:
        return await self._page(asked)

    async def add(self, asked: Asked) -> Answer:
        asked.form.only("answer", "name")
        if not is_fresh(asked):
            return await self._page(asked)
        try:
            await self._ceremonies.register(
                asked.visit, asked.person_id, asked.form.one("answer"), asked.form.one("name"), asked.now
            )
        except PasskeyRefused:
            return await self._page(asked, "refused", 403)
        return await self._page(asked, "added")

    async def remove(self, asked: Asked) -> Answer:
        asked.form.only("credential")
        if not is_fresh(asked):
            return await self._page(asked)
        removed = await self._ceremonies.remove(asked.person_id, _credential(asked.form.one("credential")))
        return await self._page(asked, "removed" if removed else "")

    async def _page(self, asked: Asked, done: str = "", status: int = 200) -> Shown:
        person_id = asked.person_id
        name = await self._pages.overview.name_of(person_id)
        fresh = is_fresh(asked)
        options = (
            await self._ceremonies.register_options(asked.visit, person_id, name or str(person_id), asked.now)
            if fresh
            else ""
        )
        values = {
            "passkeys": [
                {"id": base64url(each.credential_id), "name": each.name, "added_at": each.added_at}
                for each in await self._ceremonies.list_of(person_id)
            ],
            "options": options,
            "is_fresh": fresh,
            "again": sign_in_path(PASSKEYS),
            "done": done,
        }
        return Shown("passkeys.html", values, status, here=PASSKEYS, script=fresh)


def is_fresh(asked: Asked) -> bool:
    """Tell whether somebody has signed in just now."""
    return asked.now - asked.visit.signed_in_at < FRESH_MS


def _credential(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError) as error:
        raise Malformed("that is no passkey", where="credential") from error
