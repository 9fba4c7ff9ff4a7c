"""My devices and grants: what stands, taking it back in whole or in part, receipts.

A page says "in effect" only in the answer to the post that did it, after the use case has returned.
"""

from collections.abc import Mapping

import msgspec
from starlette.routing import BaseRoute, Route

from bailment.endpoints.consent.codec import (
    Group,
    consents_in,
    field_names,
    groups_of,
    print_of,
    purpose_name,
    state_of,
    ticks_in,
)
from bailment.endpoints.consent.language import Language
from bailment.endpoints.consent.pages import Pages
from bailment.endpoints.consent.shell import Answer, Asked, Downloaded, Page, Sent, Shown, problem
from bailment.model.encoding import base64url
from bailment.model.errors import Conflict
from bailment.model.oauth import GrantRow
from bailment.model.programme import parse_consents
from bailment.oauth.receipt import receipt_document


def grants_routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of a person's grants."""
    its = _Grants(pages)
    one = "/my/grants/{grant}"
    return [
        Route("/", Page(pages, go_home)),
        Route("/my", Page(pages, go_home)),
        Route("/my/grants", Page(pages, its.show)),
        Route(f"{one}/withdraw", Page(pages, go_home, its.withdraw)),
        Route(f"{one}/narrow", Page(pages, go_home, its.narrow)),
        Route(f"{one}/remove-device", Page(pages, go_home, its.remove_device)),
        Route(f"{one}/receipt", Page(pages, its.receipt)),
        Route(f"{one}/receipt.json", Page(pages, its.download)),
    ]


async def go_home(_asked: Asked) -> Answer:
    """Lead to the list: somebody has asked again for what only a form can ask for."""
    return Sent("/my/grants")


class _Grants:
    """The handlers."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._overview = pages.overview
        self._grants = pages.grants

    async def show(self, asked: Asked) -> Answer:
        return await self._page(asked)

    async def withdraw(self, asked: Asked) -> Answer:
        asked.form.only()
        grant = await self._mine(asked)
        await self._grants.withdraw(grant.grant_id, asked.person_id, asked.now)
        return await self._page(asked, "withdrawn", grant)

    async def narrow(self, asked: Asked) -> Answer:
        asked.form.only("was")
        grant = await self._mine(asked)
        if asked.form.one("was") != print_of(grant):
            raise Conflict("the grant has changed since this form was made")
        before = parse_consents(grant.consents)
        after = consents_in(before, ticks_in(asked.form, before))
        if after == before:
            return await self._page(asked, "unchanged", grant)
        await self._grants.narrow(grant.grant_id, asked.person_id, after, asked.now)
        return await self._page(asked, "narrowed" if after else "withdrawn", grant)

    async def remove_device(self, asked: Asked) -> Answer:
        asked.form.only()
        grant = await self._mine(asked)
        if not grant.device_id or grant.device_removed_at is not None:
            raise Conflict("there is no device to remove")
        await self._grants.remove_device(grant.device_id, grant.grant_id, asked.person_id, asked.now)
        return await self._page(asked, "removed", grant)

    async def receipt(self, asked: Asked) -> Answer:
        found = await self._overview.grant_of(asked.path["grant"], asked.person_id)
        if found is None:
            return problem("no-grant", 404)
        grant, standing = found
        values = {
            "grant": grant,
            "standing": standing,
            "state": state_of(grant, asked.now),
            "given_at": await self._given_at(grant),
            "purposes": _purposes(grant, asked.language),
            "commitment": base64url(grant.commitment) if grant.commitment else "",
        }
        return Shown("receipt.html", values, here=f"/my/grants/{grant.grant_id}/receipt")

    async def download(self, asked: Asked) -> Answer:
        found = await self._overview.grant_of(asked.path["grant"], asked.person_id)
        if found is None:
            return problem("no-grant", 404)
        document = receipt_document(
            *found,
            origin=self._pages.origin,
            language=asked.language.tag,
            given_at=await self._given_at(found[0]),
            now=asked.now,
        )
        raw = msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
        return Downloaded(raw, f"receipt-{found[0].grant_id}.json")

    async def _mine(self, asked: Asked) -> GrantRow:
        found = await self._overview.grant_of(asked.path["grant"], asked.person_id)
        if found is None:
            raise Conflict("this person has no such grant")
        return found[0]

    async def _given_at(self, grant: GrantRow) -> int | None:
        return None if grant.commitment is None else await self._overview.minute_of(grant.commitment)

    async def _is_withheld(self, asked: Asked) -> bool:
        """Tell whether anything of this person's is withheld: they are told on the first page they see."""
        withholding = self._pages.withholding
        return withholding is not None and bool(await withholding.in_force(asked.person_id, asked.now))

    async def _page(self, asked: Asked, done: str = "", about: GrantRow | None = None) -> Shown:
        rows = await self._overview.grants_of(asked.person_id)
        values: Mapping[str, object] = {
            "grants": [_view(row, asked) for row in rows],
            "notices": await self._overview.notices_of(asked.person_id),
            "withheld": await self._is_withheld(asked),
            "done": done,
            "about": about,
            "done_at": self._pages.now_ms(),
        }
        return Shown("grants.html", values)


def _view(row: GrantRow, asked: Asked) -> dict[str, object]:
    consents = parse_consents(row.consents)
    ticked = {number: each.masks for number, each in enumerate(consents)}
    groups: list[Group] = groups_of(consents, ticked, asked.language)
    return {
        "row": row,
        "state": state_of(row, asked.now),
        "groups": groups,
        "was": print_of(row),
        "purposes": _purposes(row, asked.language),
    }


def _purposes(row: GrantRow, language: Language) -> list[dict[str, str]]:
    return [
        {
            "name": purpose_name(consent.purpose, language),
            "own": field_names(consent.self_mask, language),
            "friends": field_names(consent.friend_mask, language),
            "writes": field_names(consent.write_mask, language, "write"),
        }
        for consent in parse_consents(row.consents)
    ]
