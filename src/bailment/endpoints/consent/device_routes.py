"""The code that a device shows (RFC 8628 section 3.3): typed in by who has signed in, never sent by itself.

A link with the code in it (section 3.3.1) fills in the field and no more: somebody must still compare and
press the button, and then compares again on the consent page.
"""

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.forms import local_path
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.shell import Answer, Asked, Page, Sent, Shown
from bailment.oauth.consenting import TooManyAttempts

_MOST_CODE = 16


def device_routes(pages: Pages) -> list[BaseRoute]:
    """Return the route of entering a user code."""
    its = _Device(pages)
    return [Route("/device", Page(pages, its.show, its.enter))]


class _Device:
    """The handlers."""

    def __init__(self, pages: Pages) -> None:
        self._enter = pages.consenting.enter_user_code

    async def show(self, asked: Asked) -> Answer:
        return _form(asked.query.one("user_code"))

    async def enter(self, asked: Asked) -> Answer:
        asked.form.only("user_code")
        code = asked.form.one("user_code")
        try:
            interaction = await self._enter(code, asked.visit.key, asked.person_id, asked.now)
        except TooManyAttempts:
            return _form(code, "many", 429)
        return Sent(f"/consent/{interaction}") if interaction else _form(code, "unknown", 422)


def _form(code: str, refused: str = "", status: int = 200) -> Shown:
    here = local_path(f"/device?user_code={code}", "/device")
    return Shown("device.html", {"code": code[:_MOST_CODE], "refused": refused}, status, here=here)
