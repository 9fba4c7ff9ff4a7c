"""What a device writes for its user: statuses, likes, pictures, albums; decided and recorded like a read.

The rules:

1. Each deed needs one field in the masks for writing: of the agreement, and of the person's consent for an
   agreed purpose. Build, certification and jurisdiction are asked as for a read of the person's own data.
2. It is recorded before it is acknowledged, in the transaction that does it: who operated it in clear, what
   was written behind the commitment. A status keeps the name of that operator for everybody who reads it.
3. What somebody else wrote can be liked, answered and marked only by who may see it.
4. An idempotency key makes one status of several tries of the same content by one device, also at once.
5. An album holds pictures of its own person alone, and is shared with friends whom the device may see.
6. The `statuses` of a person are rendered once, on write: the status stands in their content as well.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bailment.disclosure.ports import Transaction
from bailment.disclosure.sight import Sight
from bailment.kernel.rules import REMEDIES
from bailment.model.disclosure import Ask, Facts
from bailment.model.errors import Conflict, Malformed
from bailment.model.fields import mask_of
from bailment.model.posts import (
    ID_BITS,
    MAX_ALBUM,
    AddMedia,
    AlbumRow,
    Deed,
    DescribeMedia,
    Like,
    LikeRow,
    Mark,
    NewAlbum,
    NewStatus,
    PutPhoto,
    RemoveAlbum,
    RemoveStatus,
    ShareAlbum,
    ShareRow,
    StatusRow,
    Want,
    Wish,
    instant_of_id,
)
from bailment.people.statuses import with_status, without_status
from bailment.seal.secret import random_bytes

STATUSES, LIKES, PHOTOS = (mask_of([name]) for name in ("statuses", "likes", "photos"))
_NEEDED: Mapping[type[Any], int] = {
    NewStatus: STATUSES,
    RemoveStatus: STATUSES,
    Like: LIKES,
    Mark: LIKES,
    AddMedia: PHOTOS,
    DescribeMedia: PHOTOS,
    NewAlbum: PHOTOS,
    RemoveAlbum: PHOTOS,
    PutPhoto: PHOTOS,
    ShareAlbum: PHOTOS,
}


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed did: its name, and the id of what it is about; not `is_new` where all was so before."""

    what: str
    item: str
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class _Work:
    transaction: Transaction
    facts: Facts
    sight: Sight
    now: int


def needed(kind: type[Deed]) -> int:
    """Return the field that a kind of deed writes, as a mask."""
    return _NEEDED[kind]


def further(deed: Deed) -> int:
    """Return what a deed writes besides its kind's field, as a mask: a status can show pictures."""
    return PHOTOS if isinstance(deed, NewStatus) and deed.media_ids else 0


def refused(kind: type[Deed], masks: Sequence[int | None], more: int = 0) -> str:
    """Return the code by which the masks for writing refuse a kind of deed, or ""; in the kernel's order.

    `more` are fields that this one writes besides.
    """
    fields = needed(kind) | more
    codes = ("agreement.no-writes", "build.not-approved", "grant.no-writes", "jurisdiction.partner")
    for mask, code in zip(masks, codes, strict=True):
        if fields & ~(mask or 0):
            return code
    return ""


def about(deed: Deed, item: str) -> Wish | None:
    """Return the question that shows what a deed was about; `item` is the id that it made or is about.

    None for a picture that was added: its device has just sent it.
    """
    if isinstance(deed, AddMedia):
        return None
    if isinstance(deed, DescribeMedia):
        return Wish(Want.MEDIA, media_id=item)
    if isinstance(deed, NewStatus | RemoveStatus | Like | Mark):
        return Wish(Want.STATUS, status_id=int(item))
    return Wish(Want.ALBUM, album_id=int(item))


async def subject(transaction: Transaction, facts: Facts, deed: Deed) -> str:
    """Return the id of what a deed deletes of the person's own, "" where it deletes nothing."""
    if isinstance(deed, RemoveStatus):
        found = (await transaction.statuses([deed.status_id])).get(deed.status_id)
        return str(deed.status_id) if found is not None and found.person_id == facts.person_id else ""
    if isinstance(deed, RemoveAlbum) and await transaction.lock_album(deed.album_id, facts.person_id):
        return str(deed.album_id)
    return ""


async def do(transaction: Transaction, facts: Facts, sight: Sight, ask: Ask, deed: Deed) -> Done | None:
    """Do a deed that the rules allow; None where it is about something that cannot be seen.

    Raises:
        Malformed: a picture is not there, or stands in another status already.
        Conflict: an id is taken; nothing is left of the deed.
    """
    return await _DEEDS[type(deed)](_Work(transaction, facts, sight, ask.now), deed)


async def _post(work: _Work, deed: NewStatus) -> Done | None:
    if deed.reply_to is not None and not await _seen(work, deed.reply_to):
        return None
    status_id = new_id(work.now)
    if deed.key:
        # Whoever is first keeps the key; on PostgreSQL the second waits here for the first one's commit.
        key = _key(work.facts.device_id, deed)
        first = await work.transaction.first_written(key, status_id, work.now)
        if first != status_id and await work.transaction.statuses([first]):
            return Done("status", str(first), is_new=False)
        if first != status_id:
            # It was deleted meanwhile: what is asked for now is not there.
            await work.transaction.write_again(key, status_id)
    facts = work.facts
    media = " ".join(deed.media_ids)
    row = StatusRow(
        status_id, facts.person_id, deed.text, deed.reply_to, media, facts.integration_id, facts.app_name
    )
    if not await work.transaction.add_status(row):
        raise Conflict("another status has just taken this id: try again")
    # In one order, so that two statuses of the same pictures do not wait for each other.
    for media_id in sorted(deed.media_ids):
        if not await work.transaction.attach_media(media_id, facts.person_id, status_id):
            raise Malformed("there is no such picture, or another status shows it", where="media_ids")
    await _render(work, lambda blob: with_status(blob, deed.text, instant_of_id(status_id)))
    return Done("status", str(status_id))


def new_id(now: int) -> int:
    """Return an id of this instant with random lower bits."""
    return now << ID_BITS | int.from_bytes(random_bytes(4), "big") % (1 << ID_BITS)


def _key(device_id: str, deed: NewStatus) -> bytes:
    """Return what a key stands for: one key of one device, for one content."""
    parts = (device_id, deed.key, deed.text, str(deed.reply_to), *deed.media_ids)
    return hashlib.sha256(repr(parts).encode()).digest()


async def _render(work: _Work, change: Callable[[bytes], tuple[bytes, bytes]]) -> None:
    """Bring the person's rendered content up to what was written."""
    person_id = work.facts.person_id
    content = await work.transaction.locked_content(person_id)
    if content is not None:
        await work.transaction.set_content(person_id, *change(content))


async def _remove(work: _Work, deed: RemoveStatus) -> Done | None:
    found = (await work.transaction.statuses([deed.status_id])).get(deed.status_id)
    if found is None or found.person_id != work.facts.person_id:
        return None
    await work.transaction.remove_status(deed.status_id, work.facts.person_id, work.now)
    await _render(work, lambda blob: without_status(blob, found.text, instant_of_id(deed.status_id)))
    return Done("status removed", str(deed.status_id))


async def _seen(work: _Work, status_id: int) -> StatusRow | None:
    row = (await work.transaction.statuses([status_id])).get(status_id)
    return row if row is not None and work.sight.may_see(row.person_id, STATUSES) else None


async def _like(work: _Work, deed: Like) -> Done | None:
    if await _seen(work, deed.status_id) is None:
        return None
    me = work.facts.person_id
    if not deed.is_on:
        changed = await work.transaction.remove_like(deed.status_id, me)
        return Done("like removed", str(deed.status_id), changed)
    like = LikeRow(new_id(work.now), deed.status_id, me)
    changed = await work.transaction.add_like(like, work.facts.integration_id)
    return Done("like", str(deed.status_id), changed)


async def _mark(work: _Work, deed: Mark) -> Done | None:
    if await _seen(work, deed.status_id) is None:
        return None
    me = work.facts.person_id
    if not deed.is_on:
        changed = await work.transaction.remove_bookmark(deed.status_id, me)
        return Done("mark removed", str(deed.status_id), changed)
    mark = LikeRow(new_id(work.now), deed.status_id, me)
    return Done("mark", str(deed.status_id), await work.transaction.add_bookmark(mark))


async def _add_media(work: _Work, deed: AddMedia) -> Done:
    if not await work.transaction.add_media(deed.row._replace(person_id=work.facts.person_id)):
        raise Conflict("another picture has just taken this id: try again")
    return Done("picture", deed.row.media_id)


async def _describe(work: _Work, deed: DescribeMedia) -> Done | None:
    done = await work.transaction.describe_media(deed.media_id, work.facts.person_id, deed.description)
    return Done("description", deed.media_id) if done else None


async def _new_album(work: _Work, deed: NewAlbum) -> Done:
    row = AlbumRow(new_id(work.now), work.facts.person_id, deed.title)
    if not await work.transaction.add_album(row):
        raise Conflict("another album has just taken this id: try again")
    return Done("album", str(row.album_id))


async def _remove_album(work: _Work, deed: RemoveAlbum) -> Done | None:
    if not await work.transaction.lock_album(deed.album_id, work.facts.person_id):
        return None
    await work.transaction.remove_album(deed.album_id, work.now)
    return Done("album removed", str(deed.album_id))


async def _put_photo(work: _Work, deed: PutPhoto) -> Done | None:
    transaction, me = work.transaction, work.facts.person_id
    if not await transaction.lock_album(deed.album_id, me):
        return None
    item = str(deed.album_id)
    if not deed.is_on:
        changed = await transaction.take_photo(deed.album_id, deed.media_id, work.now)
        return Done("album without picture", item, changed)
    if not await transaction.hold_media(deed.media_id, me):
        return None
    changed = await transaction.put_photo(deed.album_id, deed.media_id, new_id(work.now))
    found = await transaction.album(deed.album_id)
    if found is not None and found.pictures > MAX_ALBUM:
        raise Malformed(f"an album holds at most {MAX_ALBUM} pictures", where="photos")
    return Done("album with picture", item, changed)


async def _share(work: _Work, deed: ShareAlbum) -> Done | None:
    transaction, friend_id, item = work.transaction, deed.friend_id, str(deed.album_id)
    if not await transaction.lock_album(deed.album_id, work.facts.person_id):
        return None
    if not deed.is_on:
        # Whoever it was shared with: also one who is no friend any more.
        changed = await transaction.unshare_album(deed.album_id, friend_id)
        return Done("album unshared", item, changed)
    if friend_id == work.facts.person_id or friend_id not in work.sight.masks:
        return None
    since = work.sight.known(friend_id).since
    changed = await transaction.share_album(ShareRow(deed.album_id, friend_id, since))
    if len(await transaction.shares_of(deed.album_id)) > MAX_ALBUM:
        raise Malformed(f"an album is shared with at most {MAX_ALBUM} friends", where="shared")
    return Done("album shared", item, changed)


_DEEDS = cast(
    "Mapping[type[Any], Callable[[_Work, Any], Awaitable[Done | None]]]",
    {
        NewStatus: _post,
        RemoveStatus: _remove,
        Like: _like,
        Mark: _mark,
        AddMedia: _add_media,
        DescribeMedia: _describe,
        NewAlbum: _new_album,
        RemoveAlbum: _remove_album,
        PutPhoto: _put_photo,
        ShareAlbum: _share,
    },
)

if set(_DEEDS) != set(_NEEDED) or not {"agreement.no-writes", "grant.no-writes"} <= set(REMEDIES):
    raise AssertionError("every deed needs a field, and every refusal a remedy")
