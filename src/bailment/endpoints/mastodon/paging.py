"""Pages: what a request asks for, and the `Link` (RFC 8288) to the pages beside the one that is shown. Pure.

The links stand under the configured origin and hold only parameters that are known here: nothing of a
request is repeated in a header but these. An empty page has no links, so that a client that follows them
comes to an end; one that was looked through and shows nothing has them, for there may be more behind it.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from bailment.endpoints.mastodon.parameters import Parameters
from bailment.model.posts import MOST_ID, Page

MOST_STATUSES = 40
MOST_ACCOUNTS = 80
MOST_NOTIFICATIONS = 80
_KEPT = ("limit", "types", "exclude_types", "exclude_replies", "only_media", "q", "type")


def parse_page(parameters: Parameters, most: int, usual: int) -> Page:
    """Return the page that is asked for; a limit out of bounds is brought into them, as Mastodon does.

    Raises:
        Malformed: an id or the limit is no number.
    """
    return Page(
        max_id=_id(parameters, "max_id", MOST_ID),
        since_id=_id(parameters, "since_id", 0),
        min_id=_id(parameters, "min_id", 0) if parameters.has("min_id") else None,
        limit=parse_limit(parameters, most, usual),
    )


def parse_limit(parameters: Parameters, most: int, usual: int) -> int:
    """Return the limit, from 1 to `most`."""
    return max(1, min(parameters.number("limit", usual), most))


def _id(parameters: Parameters, name: str, default: int) -> int:
    return max(0, min(parameters.number(name, default), MOST_ID))


def link_field(
    address: str, parameters: Parameters, cursors: Sequence[int], *, forward_only: bool = False
) -> tuple[bytes, bytes] | None:
    """Return the `Link` of a page whose first and last items have these cursors, None where it is empty."""
    if not cursors:
        return None
    kept = parameters.only(_KEPT)
    links = [_link(address, [*kept, ("max_id", str(cursors[-1]))], "next")]
    if not forward_only:
        links.append(_link(address, [*kept, ("min_id", str(cursors[0]))], "prev"))
    return b"link", ", ".join(links).encode()


def _link(address: str, pairs: Sequence[tuple[str, str]], relation: str) -> str:
    return f'<{address}?{urlencode(pairs)}>; rel="{relation}"'
