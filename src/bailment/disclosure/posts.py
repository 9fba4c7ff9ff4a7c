"""Statuses, likes, pictures and albums, read: one function a want, each over what the sight lets through.

The rules besides those of the pipeline:

1. A status is seen by who may see its author's `statuses`; a picture in it by who may see the `photos`; a
   like by who may see the liker's `likes`. What may not be seen is missing, and counts do not count it.
2. What answers a status that may not be seen does not say which it answers.
3. A picture is seen by a friend only while a status that the friend may see shows it, or an album holds it
   that is shared with that friend. An album is seen by whom it is shared with, during the friendship in which
   that was done. Both need the `photos` of their person besides, who sees everything of their own always, and
   who alone sees with whom an album is shared.
4. Pages are ranges of ids of what may be seen: what may not be has no place in a page, and no cursor.
5. Nothing here leaves out or replaces an item for a country: that is `covering`, through which answers go.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from bailment.disclosure.covering import cover_posts
from bailment.disclosure.ports import PersonKeys, Transaction
from bailment.disclosure.seen import Seen
from bailment.disclosure.sight import ACCOUNT, Sight, Views, hold, look
from bailment.disclosure.views import base_verdicts
from bailment.model.answers import Posts
from bailment.model.disclosure import Ask, Facts
from bailment.model.fields import Ring, mask_of
from bailment.model.posts import (
    MOST_ID,
    Album,
    AlbumRow,
    LikeRow,
    MediaRow,
    Notice,
    Post,
    ShareRow,
    StatusRow,
    Want,
    Wish,
)

STATUSES = mask_of(["statuses"])
LIKES = mask_of(["likes"])
PHOTOS = mask_of(["photos"])
NAME = mask_of(["name"])
# All that an answer about statuses can hold of a person.
WITHIN = ACCOUNT | STATUSES | LIKES | PHOTOS
# As many names are looked through in a search, those of the newest friendships.
MOST_SEARCHED = 5_000
MOST_BEFORE = 40
MOST_AFTER = 60
# So many answers are counted on one page.
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request at work.

    `shown` are the fields besides the account's that it shows, by person, `counted` those of which no more
    than a count tells.
    """

    transaction: Transaction
    views: Views
    sight: Sight
    wish: Wish
    now: int
    shown: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    counted: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def count(self, person_id: int, mask: int) -> None:
        """Note that a count tells of a person, who does not stand in the answer by name."""
        self.counted[person_id] |= mask

    def show(self, person_id: int, mask: int = 0) -> None:
        self.shown[person_id] |= mask

    def may_read(self, row: StatusRow | None) -> bool:
        return row is not None and self.sight.may_see(row.person_id, STATUSES)

    def is_friend(self, person_id: int, since: str) -> bool:
        """Tell whether the friendship with somebody is the one that began then."""
        if person_id == self.sight.me or person_id not in self.sight.masks:
            return False
        return self.sight.known(person_id).since == since

    def is_shared_by(self, person_id: int, share: ShareRow) -> bool:
        """Tell whether this person's album is shared with me now."""
        return share.person_id == self.sight.me and self.is_friend(person_id, share.since)


class Timelines:
    """Reads what people post."""

    def __init__(self, keys: PersonKeys) -> None:
        """Work with the per-person `keys`."""
        self._keys = keys
        self._views = Views()

    async def see(
        self, transaction: Transaction, facts: Facts, ask: Ask, masks: Sequence[int | None]
    ) -> Seen:
        """Return what `ask` may see, with the holding brought up to it."""
        if ask.wish is None:
            raise AssertionError("a request about statuses without a wish")
        own = [verdict.mask for verdict in base_verdicts(facts, ask, Ring.SELF)]
        asked = _Asked(transaction, self._views, look(facts, own, masks), ask.wish, ask.now)
        found = await cover_posts(transaction, facts, await _WANTS[ask.wish.want](asked), ask.now)
        shown = {} if found is None else dict(asked.shown)
        views = await self._views.of(transaction, asked.sight, shown)
        held = {person_id: mask | views[person_id].mask for person_id, mask in shown.items()}
        for person_id, mask in ({} if found is None else asked.counted).items():
            held[person_id] = held.get(person_id, 0) | mask
        held = {person_id: mask for person_id, mask in held.items() if mask}
        update, served = await hold(transaction, self._keys, facts, held, ask.now)
        seen = Seen(None, update, served, shown=len(held), reasons=asked.sight.reasons, within=WITHIN)
        return seen if found is None else replace(seen, posts=replace(found, people=views))


def _posts(asked: _Asked, posts: Sequence[Post], **more: object) -> Posts:
    return Posts(asked.sight.me, {}, posts, b"", **more)  # type: ignore[arg-type] # the fields of Posts


async def _home(asked: _Asked) -> Posts:
    rows = await asked.transaction.timeline(asked.sight.who_show(STATUSES), asked.wish.page, asked.now)
    return _posts(asked, await _open(asked, rows), cursors=[row.status_id for row in rows])


async def _of_person(asked: _Asked) -> Posts | None:
    (person_id,) = asked.wish.person_ids
    if not asked.sight.may_see(person_id, ACCOUNT | STATUSES):
        return None
    asked.show(person_id)
    seen = [person_id] if asked.sight.may_see(person_id, STATUSES) else []
    rows = await asked.transaction.timeline(seen, asked.wish.page, asked.now)
    pictures = asked.sight.may_see(person_id, PHOTOS)
    wanted = [row for row in rows if _is_wanted(row, asked.wish.kinds, pictures=pictures)]
    return _posts(asked, await _open(asked, wanted), cursors=[row.status_id for row in rows])


def _is_wanted(row: StatusRow, kinds: Collection[str], *, pictures: bool) -> bool:
    if "original" in kinds and row.reply_to is not None:
        return False
    return "media" not in kinds or (pictures and bool(row.media))


async def _status(asked: _Asked) -> Posts | None:
    row = await _readable(asked)
    return None if row is None else _posts(asked, await _open(asked, [row]))


async def _gone(asked: _Asked) -> Posts | None:
    """Tell that a status was deleted, to who could read it if it were still there."""
    person_id = await asked.transaction.removed_of(asked.wish.status_id)
    if not asked.sight.may_see(person_id, STATUSES):
        return None
    asked.show(person_id, STATUSES)
    return _posts(asked, ())


async def _readable(asked: _Asked) -> StatusRow | None:
    """Return the status that is asked about, if it may be seen."""
    found = await asked.transaction.statuses([asked.wish.status_id])
    row = found.get(asked.wish.status_id)
    return row if asked.may_read(row) else None


async def _context(asked: _Asked) -> Posts | None:
    row = await _readable(asked)
    if row is None:
        return None
    before: list[StatusRow] = []
    while len(before) < MOST_BEFORE and (parent := (before[-1] if before else row).reply_to) is not None:
        found = (await asked.transaction.statuses([parent])).get(parent)
        if found is None or not asked.may_read(found):
            break
        before.append(found)
    after: list[StatusRow] = []
    layer = [row.status_id]
    while layer and len(after) < MOST_AFTER:
        authors = asked.sight.who_show(STATUSES)
        seen = await asked.transaction.answers_to(layer, authors, MOST_AFTER - len(after))
        after += seen
        layer = [each.status_id for each in seen]
    return _posts(asked, (), before=await _open(asked, before[::-1]), after=await _open(asked, after))


async def _liked(asked: _Asked) -> Posts:
    return await _listed(asked, await asked.transaction.likes_by(asked.sight.me, asked.wish.page))


async def _bookmarked(asked: _Asked) -> Posts:
    return await _listed(asked, await asked.transaction.bookmarks_of(asked.sight.me, asked.wish.page))


async def _listed(asked: _Asked, likes: Sequence[LikeRow]) -> Posts:
    """Return the statuses of likes, or of bookmarks; the pages are of those."""
    found = await asked.transaction.statuses([like.status_id for like in likes])
    rows = [found[like.status_id] for like in likes if asked.may_read(found.get(like.status_id))]
    return _posts(asked, await _open(asked, rows), cursors=[like.like_id for like in likes])


async def _likers(asked: _Asked) -> Posts | None:
    row = await _readable(asked)
    if row is None:
        return None
    likes = await asked.transaction.likes_of([row.status_id])
    order = [like.person_id for like in likes if asked.sight.may_see(like.person_id, LIKES)]
    order = order[: asked.wish.page.limit]
    for person_id in order:
        asked.show(person_id, LIKES)
    return _posts(asked, (), order=order)


async def _people(asked: _Asked) -> Posts | None:
    """Return accounts; who names nobody asks for their own, which is there whatever it shows."""
    me = asked.sight.me
    order = [each for each in asked.wish.person_ids if asked.sight.may_see(each, ACCOUNT | STATUSES)]
    if not asked.wish.person_ids and me in asked.sight.masks:
        order = [me]
    _show_accounts(asked, order)
    friends = len(_of_friends(asked)) if me in order else 0
    return _posts(asked, (), order=order, friends=friends) if order else None


def _of_friends(asked: _Asked) -> list[int]:
    """Return the friends whose account may be seen, newest friendship first."""
    return [each for each in asked.sight.who_show(ACCOUNT) if each != asked.sight.me]


async def _found(asked: _Asked) -> Posts:
    """Return who is named by id, then those in whose name the text stands, as far as it may be seen."""
    wanted = asked.wish.text.casefold().strip()
    among = asked.sight.who_show(NAME)[:MOST_SEARCHED] if wanted else []
    views = await asked.views.of(asked.transaction, asked.sight, among)
    order = [each for each in asked.wish.person_ids if asked.sight.may_see(each, ACCOUNT | STATUSES)]
    order += [each for each, view in views.items() if wanted in _name(view.fragments).casefold()]
    order = list(dict.fromkeys(order))[: asked.wish.page.limit]
    _show_accounts(asked, order)
    return _posts(asked, (), order=order)


def _show_accounts(asked: _Asked, person_ids: Iterable[int]) -> None:
    """Note accounts as shown; of who lets only statuses through, the device learns that they are there."""
    for person_id in person_ids:
        asked.show(person_id, 0 if asked.sight.may_see(person_id, ACCOUNT) else STATUSES)


class _Names(msgspec.Struct):
    name: dict[str, str] | None = None


def _name(fragments: bytes) -> str:
    """Return all forms of a name, with something between them that nobody can ask for."""
    return "\n".join((msgspec.json.decode(b"{%b}" % fragments, type=_Names).name or {}).values())


async def _friends(asked: _Asked) -> Posts:
    """Return a page of friends, newest friendship first; the cursor is the place in that list.

    Of a friend's friends there is nothing to show, nor of anybody else's: who asks for those gets none.
    """
    page = asked.wish.page
    if asked.wish.person_ids and asked.sight.me not in asked.wish.person_ids:
        return _posts(asked, ())
    everybody = _of_friends(asked)
    start = 0 if page.max_id == MOST_ID else page.max_id
    order = everybody[start : start + page.limit]
    for person_id in order:
        asked.show(person_id)
    return _posts(asked, (), order=order, cursors=range(start + 1, start + 1 + len(order)))


async def _notices(asked: _Asked) -> Posts:
    page, me, kinds = asked.wish.page, asked.sight.me, asked.wish.kinds or ("favourite", "mention")
    # Of those alone who may be seen: a cursor of anybody else's would tell of them.
    # What was liked is one's own, which may be closed to this device as well.
    liked = "favourite" in kinds and asked.sight.may_see(me, STATUSES)
    likers = [each for each in asked.sight.who_show(LIKES) if each != me] if liked else []
    authors = [each for each in asked.sight.who_show(STATUSES) if each != me] if "mention" in kinds else []
    likes = await asked.transaction.likes_for(me, likers, page)
    answers = await asked.transaction.answers_for(me, authors, page)
    told = [
        *(Notice(like.like_id, "favourite", like.person_id, like.status_id) for like in likes),
        *(Notice(row.status_id, "mention", row.person_id, row.status_id) for row in answers),
    ]
    # From a place on, the oldest come first, and then stand in the order of all lists.
    notices = sorted(sorted(told, reverse=page.min_id is None)[: page.limit], reverse=True)
    for each in notices:
        asked.show(each.person_id, LIKES if each.kind == "favourite" else STATUSES)
    found = await asked.transaction.statuses([each.status_id for each in notices])
    posts = await _open(asked, [found[each.status_id] for each in notices])
    return _posts(asked, posts, notices=notices, cursors=[each.notice_id for each in notices])


async def _media(asked: _Asked) -> Posts | None:
    row = (await asked.transaction.media([asked.wish.media_id])).get(asked.wish.media_id)
    if row is None or not asked.sight.may_see(row.person_id, PHOTOS) or not await _is_shown(asked, row):
        return None
    asked.show(row.person_id, PHOTOS)
    return _posts(asked, (), media=row)


async def _is_shown(asked: _Asked, row: MediaRow) -> bool:
    """Tell whether a picture is one's own, or something shows it that may be seen (rule 3)."""
    if row.person_id == asked.sight.me:
        return True
    if row.status_id is not None and asked.sight.may_see(row.person_id, STATUSES):
        return True
    shares = await asked.transaction.shares_showing(row.media_id, asked.sight.me)
    return any(asked.is_shared_by(row.person_id, share) for share in shares)


async def _albums(asked: _Asked) -> Posts:
    owners = asked.sight.who_show(PHOTOS)
    rows = await asked.transaction.albums_shown(asked.sight.me, owners, asked.wish.page)
    shares = {
        share.album_id: share
        for share in await asked.transaction.shares_with(asked.sight.me, [row.album_id for row in rows])
    }
    seen = [row for row in rows if _may_open(asked, row, shares.get(row.album_id))]
    covers = await asked.transaction.media([row.media for row in seen if row.media])
    albums = []
    for row in seen:
        asked.show(row.person_id, PHOTOS)
        albums.append(Album(row, tuple(covers[each] for each in (row.media,) if each in covers)))
    return _posts(asked, (), albums=albums, cursors=[row.album_id for row in rows])


async def _album(asked: _Asked) -> Posts | None:
    row = await asked.transaction.album(asked.wish.album_id)
    if row is None:
        return None
    me = asked.sight.me
    shares = await asked.transaction.shares_of(row.album_id)
    if not _may_open(asked, row, next((share for share in shares if share.person_id == me), None)):
        return None
    asked.show(row.person_id, PHOTOS)
    media = await asked.transaction.media(row.media.split())
    # A friendship that ended is not told of by whom it shared with.
    shared = [share.person_id for share in shares if asked.is_friend(share.person_id, share.since)]
    shared = shared if row.person_id == me else []
    for person_id in shared:
        asked.show(person_id)
    photos = tuple(media[each] for each in row.media.split() if each in media)
    return _posts(asked, (), albums=[Album(row, photos, tuple(shared))])


def _may_open(asked: _Asked, row: AlbumRow, share: ShareRow | None) -> bool:
    if not asked.sight.may_see(row.person_id, PHOTOS):
        return False
    return row.person_id == asked.sight.me or (share is not None and asked.is_shared_by(row.person_id, share))


async def _open(asked: _Asked, rows: Sequence[StatusRow]) -> list[Post]:
    """Return statuses that may be seen, with what may be seen around them."""
    if not rows:
        return []
    ids = [row.status_id for row in rows]
    likes = [
        like
        for like in await asked.transaction.likes_of(ids)
        if asked.sight.may_see(like.person_id, LIKES) or like.person_id == asked.sight.me
    ]
    answering = await _answers(asked, ids)
    for like in likes:
        asked.count(like.person_id, LIKES)
    for row in answering:
        asked.count(row.person_id, STATUSES)
    answers = [row.reply_to for row in answering]
    liked, answered = Counter(like.status_id for like in likes), Counter(answers)
    mine = {like.status_id for like in likes if like.person_id == asked.sight.me}
    marked = await asked.transaction.marked(asked.sight.me, ids)
    parents = await _parents(asked, rows)
    media = await asked.transaction.media([each for row in rows for each in row.media.split()])
    posts = []
    for row in rows:
        pictures = asked.sight.may_see(row.person_id, PHOTOS)
        asked.show(row.person_id, STATUSES | (PHOTOS if pictures and row.media else 0))
        parent = parents.get(row.reply_to)
        if parent is not None:
            # To say whom it answers is to say that they have a status.
            asked.show(parent.person_id, STATUSES)
        posts.append(
            Post(
                row if parent is not None or row.reply_to is None else row._replace(reply_to=None),
                liked[row.status_id],
                answered[row.status_id],
                row.status_id in mine,
                row.status_id in marked,
                tuple(media[each] for each in row.media.split() if pictures and each in media),
                None if parent is None else parent.person_id,
            )
        )
    return posts


async def _answers(asked: _Asked, ids: Collection[int]) -> list[StatusRow]:
    return list(await asked.transaction.answers_to(ids, asked.sight.who_show(STATUSES), MOST_COUNTED))


async def _parents(asked: _Asked, rows: Iterable[StatusRow]) -> Mapping[int | None, StatusRow]:
    """Return those of the answered statuses that may be seen."""
    wanted = {row.reply_to for row in rows if row.reply_to is not None}
    found = await asked.transaction.statuses(wanted) if wanted else {}
    return {status_id: row for status_id, row in found.items() if asked.may_read(row)}


_WANTS: Mapping[Want, Callable[[_Asked], Awaitable[Posts | None]]] = {
    Want.HOME: _home,
    Want.OF_PERSON: _of_person,
    Want.STATUS: _status,
    Want.GONE: _gone,
    Want.CONTEXT: _context,
    Want.LIKED: _liked,
    Want.BOOKMARKED: _bookmarked,
    Want.LIKERS: _likers,
    Want.PEOPLE: _people,
    Want.FRIENDS: _friends,
    Want.FOUND: _found,
    Want.NOTICES: _notices,
    Want.MEDIA: _media,
    Want.ALBUMS: _albums,
    Want.ALBUM: _album,
}
