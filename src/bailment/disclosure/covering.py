"""Country withholding: the one place where an item of an answer gives way to a notice.

The rules:

1. An item gives way only to an order that names this very item and is in force for the reader's country at
   the moment of the request. The store reads both from the orders' one table; nothing else hides anything.
2. A notice takes the item's place, with order, issuer, basis and end. Nothing is left out, no count changes.
3. An order on a status takes its text; its pictures give way to orders of their own.
4. Nobody's own items give way on their own devices.

The country is the one that the person declared with the device's grant. Where the platform has not switched
withholding on, nothing is asked: it costs one column of the facts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bailment.disclosure.ports import Transaction
from bailment.model.answers import Posts
from bailment.model.disclosure import Facts
from bailment.model.posts import MediaRow, Post, StatusRow
from bailment.model.withholding import ItemKind, OrderRow, Withheld
from bailment.people.statuses import with_notices

_Orders = Mapping[tuple[str, str], OrderRow]


async def cover_posts(transaction: Transaction, facts: Facts, posts: Posts | None, now: int) -> Posts | None:
    """Return an answer about statuses and pictures as readers in this grant's country see it."""
    if posts is None or not facts.withholding:
        return posts
    orders = await transaction.withheld(_items_in(posts), facts.device_country, facts.person_id, now)
    if not orders:
        return posts
    return replace(
        posts,
        posts=_covered(posts.posts, orders),
        before=_covered(posts.before, orders),
        after=_covered(posts.after, orders),
        media=None if posts.media is None else _picture(posts.media, orders),
        albums=[each._replace(media=_pictures(each.media, orders)) for each in posts.albums],
    )


def _items_in(posts: Posts) -> set[str]:
    """Return the ids of everything in an answer that an order can name."""
    every = [*posts.posts, *posts.before, *posts.after]
    media = [media for post in every for media in post.media]
    media += [media for album in posts.albums for media in album.media]
    media += [] if posts.media is None else [posts.media]
    return {str(post.status.status_id) for post in every} | {each.media_id for each in media}


def _covered(posts: Iterable[Post], orders: _Orders) -> Sequence[Post]:
    return [_post(post, orders)._replace(media=_pictures(post.media, orders)) for post in posts]


def _post(post: Post, orders: _Orders) -> Post:
    order = orders.get((ItemKind.STATUS.value, str(post.status.status_id)))
    if order is None:
        return post
    return post._replace(status=post.status._replace(text=""), withheld=order.notice())


def _pictures(media: Iterable[MediaRow], orders: _Orders) -> tuple[MediaRow, ...]:
    return tuple(_picture(each, orders) for each in media)


def _picture(media: MediaRow, orders: _Orders) -> MediaRow:
    order = orders.get((ItemKind.PICTURE.value, media.media_id))
    if order is None:
        return media
    # Without the digests of its files nobody finds them; what it is described as tells what it shows.
    return media._replace(digest=b"", thumbnail=b"", description="", kept="{}", withheld=order.notice())


async def cover_content(transaction: Transaction, blobs: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return rendered content by `ID/VERSION[~ORDERS]` with a notice for every status that its orders name.

    What is made follows from the content and the orders, so that it may be kept under this very head.
    """
    named = {head: _orders_in(head) for head in blobs}
    wanted = {order_id for orders in named.values() for order_id in orders}
    if not wanted:
        return dict(blobs)
    orders = await transaction.withholding_orders(wanted)
    rows = await transaction.statuses([int(order.item_id) for order in orders.values()])
    return {
        head: with_notices(blob, _notices([orders[each] for each in named[head] if each in orders], rows))
        for head, blob in blobs.items()
    }


def _notices(
    orders: Iterable[OrderRow], rows: Mapping[int, StatusRow]
) -> Iterator[tuple[StatusRow, Withheld]]:
    """Yield each status that orders name, once, with the notice of the first of them.

    Twice, and the second would take the place of another status that looks like it and that no order names.
    """
    first: dict[str, OrderRow] = {}
    for order in sorted(orders, key=lambda each: (each.from_at, each.order_id)):
        first.setdefault(order.item_id, order)
    for item_id, order in first.items():
        if int(item_id) in rows:
            yield rows[int(item_id)], order.notice()


def _orders_in(head: bytes) -> list[str]:
    """Return the ids of the orders that the store named behind a person's version, in one order."""
    _, _, marks = head.decode().partition("~")
    return sorted(mark.partition(".")[0] for mark in marks.split("+")) if marks else []
