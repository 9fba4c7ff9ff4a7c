"""What of a person's is withheld in some country: every order with its text, and a form to appeal.

The page is there whether withholding is switched on or not, and so is the appeal: nothing turns it off. An
appeal is acknowledged after it was recorded.
"""

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.pages import Pages, Withholding
from bailment.endpoints.consent.shell import Answer, Asked, Page, Shown

_PATH = "/my/withheld"
# What of an order is shown: an appeal fits a form whatever its script, see `forms.MOST_BODY`.
MOST_APPEAL = 2_000


def withheld_routes(pages: Pages) -> list[BaseRoute]:
    """Return the route of the page."""
    if pages.withholding is None:
        return []
    its = _Withheld(pages.withholding)
    return [Route(_PATH, Page(pages, its.show, its.appeal))]


class _Withheld:
    """The handlers."""

    def __init__(self, withholding: Withholding) -> None:
        self._withholding = withholding

    async def show(self, asked: Asked) -> Answer:
        return await self._page(asked)

    async def appeal(self, asked: Asked) -> Answer:
        asked.form.only("order", "text")
        text = asked.form.one("text").strip()
        if not text:
            return await self._page(asked, "nothing", 422)
        await self._withholding.appeal(asked.person_id, asked.form.one("order"), text, asked.now)
        return await self._page(asked, "appealed")

    async def _page(self, asked: Asked, done: str = "", status: int = 200) -> Shown:
        orders = await self._withholding.orders_of(asked.person_id, asked.now)
        values = {"orders": orders, "done": done, "most": MOST_APPEAL}
        return Shown("withheld.html", values, status, here=_PATH)
