"""Address books: a user and a password for a contacts app that cannot prove a key, made by the person.

The page says before what the password is worth: whoever has it can read what was ticked. It is shown once,
in the answer to the post that made it, and is ended on the list of grants like any other device.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.codec import DAY_MS, boxes_of
from bailment.endpoints.consent.pages import AddressBooks, Pages
from bailment.endpoints.consent.shell import Answer, Asked, Page, Shown
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import mask_of
from bailment.model.oauth import Standing
from bailment.model.programme import check_name

_PATH = "/my/address-books"
_PURPOSE = "address-book"
_LIFE_MS = 365 * DAY_MS


def secrets_routes(pages: Pages) -> list[BaseRoute]:
    """Return the route of the address books; none where a deployment offers no such thing."""
    if pages.address_books is None:
        return []
    its = _AddressBooks(pages, pages.address_books)
    return [Route(_PATH, Page(pages, its.show, its.make))]


class _AddressBooks:
    """The handlers."""

    def __init__(self, pages: Pages, books: AddressBooks) -> None:
        self._pages = pages
        self._books = books

    async def show(self, asked: Asked) -> Answer:
        return self._form(asked, await self._books.offered(asked.now))

    async def make(self, asked: Asked) -> Answer:
        asked.form.only("integration", "country", "name")
        offered = await self._books.offered(asked.now)
        chosen = [each for each in offered if each.integration_id == asked.form.one("integration")]
        if not chosen:
            raise Conflict("this maker offers no address book any more")
        standing = chosen[0]
        friends = mask_of(asked.form.many("friends.0"))
        country = asked.form.one("country")
        if friends & ~self._fields(standing) or country not in standing.device_countries.split():
            raise Malformed("a box or a country that was not offered", where="form")
        if not friends & mask_of(["name"]):
            return self._form(asked, offered, "nothing")
        name = asked.form.one("name").strip()
        secret = await self._books.give(
            asked.person_id,
            standing.integration_id,
            (_purpose(standing), friends),
            (country, check_name(name, "name") if name else ""),
            min(standing.ends_at, asked.now + _LIFE_MS),
            asked.now,
        )
        return Shown(
            "address_book.html",
            {"secret": secret, "standing": standing, "url": f"{self._pages.origin}/carddav/"},
            here=_PATH,
        )

    def _form(self, asked: Asked, offered: Sequence[Standing], refused: str = "") -> Shown:
        books = [
            {
                "standing": each,
                "boxes": boxes_of(self._fields(each), mask_of(["name"]), asked.language),
                "countries": each.device_countries.split(),
            }
            for each in offered
        ]
        values = {"books": books, "refused": refused}
        return Shown("address_books.html", values, 422 if refused else 200, here=_PATH)

    def _fields(self, standing: Standing) -> int:
        return standing.friend_mask & self._books.fields


def _purpose(standing: Standing) -> str:
    """Return the purpose that an address book serves: its own, where the agreement has it."""
    purposes = standing.purposes.split()
    return _PURPOSE if _PURPOSE in purposes else purposes[0]
