"""Through my friends' phones: one switch, per field, per maker; shown before it is saved.

Two posts: the first shows what would change for how many devices, the second saves it if nothing has changed
in between. The page says "in effect" after the last change has returned.
"""

from collections.abc import Mapping

from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.codec import boxes_of, field_names
from bailment.endpoints.consent.friends_codec import (
    Choice,
    Maker,
    changes,
    choice_in,
    differences,
    makers_of,
    nothing_for,
    pack_choice,
    parse_choice,
    shown_choice,
    stored_choice,
)
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.shell import Answer, Asked, Page, Shown
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import ALL_FIELDS

_PATH = "/my/friends-phones"


def friends_routes(pages: Pages) -> list[BaseRoute]:
    """Return the route of a friend's setting."""
    its = _Friends(pages)
    return [Route(_PATH, Page(pages, its.show, its.change))]


class _Friends:
    """The handlers."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._overview = pages.overview

    async def show(self, asked: Asked) -> Answer:
        stored, makers = await self._standing(asked)
        return _form(asked, shown_choice(stored), makers)

    async def change(self, asked: Asked) -> Answer:
        stored, makers = await self._standing(asked)
        asked.form.only("action", "choice", "was", *(f"how-{maker.partner_id}" for maker in makers))
        action = asked.form.one("action")
        if action == "close":
            return _preview(asked, stored, nothing_for(makers), makers)
        if action == "preview":
            return _preview(asked, stored, choice_in(asked.form, makers), makers)
        if action != "save":
            raise Malformed("preview or save", where="action")
        wanted = parse_choice(asked.form.one("choice"), makers)
        if asked.form.one("was") != stored.print:
            return _preview(asked, stored, wanted, makers, changed=True)
        return await self._save(asked, stored, wanted, makers)

    async def _save(self, asked: Asked, stored: Choice, wanted: Choice, makers: list[Maker]) -> Answer:
        for partner_id, mask in changes(stored, wanted):
            await self._pages.change_setting(asked.person_id, mask, asked.now, partner_id=partner_id)
        return _form(asked, shown_choice(wanted), makers, saved_at=self._pages.now_ms())

    async def _standing(self, asked: Asked) -> tuple[Choice, list[Maker]]:
        setting = await self._overview.setting_of(asked.person_id)
        if setting is None:
            raise Conflict("there is no such person")
        stored = stored_choice(setting)
        return stored, makers_of(await self._overview.partners_of_friends(asked.person_id), stored)


def _form(asked: Asked, choice: Choice, makers: list[Maker], *, saved_at: int | None = None) -> Shown:
    values: Mapping[str, object] = {
        "general": boxes_of(ALL_FIELDS, choice.general, asked.language),
        "makers": [
            {
                "maker": maker,
                "is_own": maker.partner_id in choice.own,
                "boxes": boxes_of(ALL_FIELDS, choice.mask_for(maker.partner_id), asked.language),
            }
            for maker in makers
        ],
        "devices": sum(maker.devices for maker in makers),
        "is_closed": choice.general == 0 and not any(choice.own.values()),
        "saved_at": saved_at,
    }
    return Shown("friends.html", values, here=_PATH)


def _preview(
    asked: Asked, stored: Choice, wanted: Choice, makers: list[Maker], *, changed: bool = False
) -> Shown:
    values: Mapping[str, object] = {
        "differences": [
            {
                "maker": each.maker,
                "opens": field_names(each.opens, asked.language),
                "closes": field_names(each.closes, asked.language),
            }
            for each in differences(makers, stored, wanted)
        ],
        "choice": pack_choice(wanted),
        "was": stored.print,
        "changed": changed,
    }
    return Shown("friends_preview.html", values, here=_PATH)
