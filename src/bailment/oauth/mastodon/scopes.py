"""Mastodon's scopes, and what each of them asks for: masks of fields to read, and to write. Pure.

A scope opens nothing by itself. It is turned into what the consent page asks for, within the agreement; what
the person ticks of that is what holds. Scopes for what the platform does not have (blocks, push, ...) are
taken and ask for nothing, so that apps which always send them can log in. Scopes of administrators do not
exist here.
"""

from collections.abc import Mapping

from bailment.model.fields import mask_of
from bailment.model.oauth import Standing
from bailment.model.programme import Consent
from bailment.oauth.protocol import ProtocolError

DEFAULT = "read"
MOST_SCOPES = 64
# What only the user's own profile has of use here: since when the account is.
OWN = mask_of(["joined"])
_PERSON = mask_of(["name", "photo"])
_STATUSES, _LIKES, _PHOTOS = (mask_of([name]) for name in ("statuses", "likes", "photos"))
_TIMELINE = _PERSON | _STATUSES | _LIKES | _PHOTOS

_READ: Mapping[str, int] = {
    "accounts": _PERSON,
    "blocks": 0,
    "bookmarks": _TIMELINE,
    "favourites": _TIMELINE,
    "filters": 0,
    "follows": _PERSON,
    "lists": _PERSON,
    "mutes": 0,
    "notifications": _PERSON | _STATUSES | _LIKES,
    "search": _PERSON,
    "statuses": _TIMELINE,
}
_WRITE: Mapping[str, int] = {
    "accounts": 0,
    "blocks": 0,
    "bookmarks": _LIKES,
    "conversations": 0,
    "favourites": _LIKES,
    "filters": 0,
    "follows": 0,
    "lists": 0,
    "media": _PHOTOS,
    "mutes": 0,
    "notifications": 0,
    "reports": 0,
    "statuses": _STATUSES,
}
# By scope: what it asks to read, and to write.
SCOPES: Mapping[str, tuple[int, int]] = {
    "read": (_TIMELINE, 0),
    **{f"read:{name}": (mask, 0) for name, mask in _READ.items()},
    "write": (0, _STATUSES | _LIKES | _PHOTOS),
    **{f"write:{name}": (0, mask) for name, mask in _WRITE.items()},
    "profile": (_PERSON, 0),
    "follow": (0, 0),
    "push": (0, 0),
}
# Source: Mastodon's documentation of OAuth scopes: what the older `follow` stands for.
_FOLLOW = frozenset(f"{act}:{name}" for act in ("read", "write") for name in ("blocks", "follows", "mutes"))


def parse_scopes(text: str) -> tuple[str, ...]:
    """Return the scopes of a text, in their order and each once; none is `read`, as in Mastodon.

    Raises:
        ProtocolError: `invalid_scope`.
    """
    scopes = tuple(dict.fromkeys(text.split())) or (DEFAULT,)
    if len(scopes) > MOST_SCOPES or not all(scope in SCOPES for scope in scopes):
        raise ProtocolError("invalid_scope", "a scope is not known here; there are none of administrators")
    return scopes


def check_within(asked: tuple[str, ...], held: tuple[str, ...]) -> None:
    """Check that each scope that is asked for is one of those held, or a part of one.

    Raises:
        ProtocolError: `invalid_scope`.
    """
    if not all(_is_in(scope, held) for scope in asked):
        raise ProtocolError("invalid_scope", "ask for scopes that the app was registered with")


def _is_in(scope: str, held: tuple[str, ...]) -> bool:
    return scope in held or scope.partition(":")[0] in held or (scope in _FOLLOW and "follow" in held)


def consent_of(scopes: tuple[str, ...], purpose: str, standing: Standing) -> Consent:
    """Return what scopes ask a person for, within the agreement.

    Raises:
        ProtocolError: `invalid_scope` where nothing is left.
    """
    reads = reads_of_friends = writes = 0
    for scope in scopes:
        read, write = SCOPES[scope]
        reads, writes = reads | read, writes | write
        # `profile` is the user's own alone.
        reads_of_friends |= read if scope.startswith("read") else 0
    own = (reads | OWN if reads else 0) & standing.self_mask
    friends, written = reads_of_friends & standing.friend_mask, writes & standing.write_mask
    if not own | friends | written:
        raise ProtocolError("invalid_scope", "these scopes ask for nothing that the agreement has")
    return Consent(purpose, own, friends, written)
