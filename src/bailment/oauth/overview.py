"""What a person looks at: their name, their grants, their setting. Reads only, of that person's own."""

from collections.abc import Mapping, Sequence

import msgspec

from bailment.model.fields import mask_of
from bailment.model.oauth import GrantRow, Standing
from bailment.model.winddown import Notice
from bailment.oauth.ports import OAuthStore
from bailment.oauth.protocol import can_be_id
from bailment.people.render import slice_fields


async def name_of(store: OAuthStore, person_id: int) -> str:
    """Return a person's full name, "" where there is none."""
    async with store.reading() as transaction:
        content = await transaction.content([person_id])
    if person_id not in content:
        return ""
    fragment = slice_fields(content[person_id][1], mask_of(["name"]))
    return str(msgspec.json.decode(b"{%b}" % fragment)["name"]["full"]) if fragment else ""


async def grants_of(store: OAuthStore, person_id: int) -> Sequence[GrantRow]:
    """Return a person's grants that are not withdrawn, newest first."""
    async with store.reading() as transaction:
        return await transaction.grants_of_person(person_id)


async def grant_of(store: OAuthStore, grant_id: str, person_id: int) -> tuple[GrantRow, Standing] | None:
    """Return a grant of this person, a withdrawn one too, and where its integration stands."""
    async with store.reading() as transaction:
        grant = await transaction.grant(grant_id) if can_be_id(grant_id) else None
        if grant is None or grant.person_id != person_id:
            return None
        standing = await transaction.standing(grant.integration_id)
    return None if standing is None else (grant, standing)


async def setting_of(store: OAuthStore, person_id: int) -> tuple[int | None, Mapping[str, int]] | None:
    """Return what a person lets through, in general and by partner."""
    async with store.reading() as transaction:
        return await transaction.setting_of(person_id)


async def partners_of_friends(store: OAuthStore, person_id: int) -> Sequence[tuple[str, str, int]]:
    """Return (partner, its name, devices of this person's friends that are enrolled with it)."""
    async with store.reading() as transaction:
        return await transaction.partners_of_friends(person_id)


async def notices_of(store: OAuthStore, person_id: int) -> Sequence[Notice]:
    """Return the notices to a person that partners' agreements end."""
    async with store.reading() as transaction:
        return await transaction.notices_of(person_id)
