"""Commitments that open item by item, as in a selective-disclosure token.

An entry shows 32 bytes; behind them stand named details, each hidden under a salt of its own
that derives from one fresh salt per entry. Whoever holds the `Opening` can show any choice of
items: the shown ones with their salts, the others as digests. Two commitments to the same details
cannot be linked, because their salts differ. The number of items and the places of the shown ones
among them are visible to whoever gets a partial opening; nothing else about the others is.

Source: RFC 9901 (SD-JWT) for the idea; RFC 2104 for HMAC; design.md, decision 3.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import TypeAlias

from bailment.ledger.cbor import MAX_DEPTH, Value, decode, encode
from bailment.model.errors import Malformed, Tampered

SALT_BYTES = 16
"""Least length of an entry's salt; it must be fresh and random for every entry."""
MAX_ITEMS = 256
_DIGEST_BYTES = 32
_VALUE_DEPTH = MAX_DEPTH - 1
ITEM_CONTEXT = b"bailment/item/v1\x00"

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"


@dataclass(frozen=True, slots=True)
class Opening:
    """All that stands behind a commitment: it must be kept as secret as the details."""

    salt: bytes
    details: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Revealed:
    """One item that is shown: its 32-byte salt, name and value."""

    salt: bytes
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class PartialOpening:
    """The items of a commitment in order of name, each shown or as its digest."""

    items: tuple[Revealed | bytes, ...]

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form: `item` and `salt` in base64url, `item` being CBOR."""
        return {"v": 1, "items": [_item_to_json(item) for item in self.items]}


def commit(details: Mapping[str, Value], salt: bytes) -> bytes:
    """Return the 32-byte commitment to named details under a fresh salt.

    Raises:
        Malformed: a value that CBOR cannot carry, a short salt, or above 256 items.
    """
    return commit_items(encode_items(details), salt)


def encode_items(details: Mapping[str, Value]) -> list[tuple[str, bytes]]:
    """Return each detail's name with the CBOR of `[name, value]`, in order of name.

    Raises:
        Malformed: a value that CBOR cannot carry.
    """
    # Sorting text sorts its UTF-8 too: code point order is bytewise order.
    return [(name, _name_parts(name)[1] + encode(details[name], _VALUE_DEPTH)) for name in sorted(details)]


def commit_items(items: Collection[tuple[str, bytes]], salt: bytes) -> bytes:
    """Return the commitment to details that `encode_items` encoded.

    Raises:
        Malformed: a short salt, or above 256 items.
    """
    seal = _seal(salt, len(items))
    digests = [b"\x01"]
    for name, encoded in items:
        keyed = seal.copy()
        keyed.update(_name_parts(name)[0])
        digests.append(sha256(b"\x00" + keyed.digest() + encoded).digest())
    return sha256(b"".join(digests)).digest()


def encode_opening(items: Collection[tuple[str, bytes]], salt: bytes) -> bytes:
    """Return the CBOR form of an opening, `[salt, [[name, value], ...]]`, from encoded items."""
    head = encode([None] * len(items))[: -len(items) or None]
    return b"".join((b"\x82", encode(salt), head, *(encoded for _, encoded in items)))


def parse_opening(raw: bytes) -> Opening:
    """Parse the CBOR form of an opening.

    Raises:
        Malformed: not that form.
    """
    value = decode(raw)
    if not isinstance(value, list) or len(value) != 2:
        raise Malformed("not an opening")
    salt, pairs = value
    if not isinstance(salt, bytes) or not isinstance(pairs, list):
        raise Malformed("not an opening")
    return Opening(salt, dict(_named(pair) for pair in pairs))


def _named(pair: Value) -> tuple[str, Value]:
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
        raise Malformed("not a name and a value")
    return pair[0], pair[1]


def open_items(opening: Opening, names: Collection[str]) -> PartialOpening:
    """Show the named items of an opening and hide the others.

    Raises:
        Malformed: a name that the opening does not have.
    """
    if not set(names) <= opening.details.keys():
        raise Malformed("no such detail behind the commitment")
    seal = _seal(opening.salt, len(opening.details))
    items: list[Revealed | bytes] = []
    for name in sorted(opening.details):
        keyed = seal.copy()
        keyed.update(_name_parts(name)[0])
        item = Revealed(keyed.digest(), name, opening.details[name])
        items.append(item if name in names else _digest(item))
    return PartialOpening(tuple(items))


def check_opening(commitment: bytes, partial: PartialOpening) -> dict[str, Value]:
    """Check shown items against a commitment and return them by name.

    Raises:
        Tampered: they are not what was committed to.
    """
    shown = [item for item in partial.items if isinstance(item, Revealed)]
    names = [item.name for item in shown]
    if any(first >= second for first, second in pairwise(names)):
        raise Tampered("the shown items are not in order of name")
    try:
        digests = [item if isinstance(item, bytes) else _digest(item) for item in partial.items]
    except (Malformed, TypeError) as error:
        raise Tampered("a shown item cannot have been committed to") from error
    if sha256(b"\x01" + b"".join(digests)).digest() != commitment:
        raise Tampered("the shown items are not what the entry commits to")
    return {item.name: item.value for item in shown}


def parse_partial_opening(document: Json) -> PartialOpening:
    """Parse the JSON form of a partial opening, already read by a JSON parser.

    Raises:
        Malformed: not that form.
    """
    if not isinstance(document, Mapping) or document.keys() != {"v", "items"} or document["v"] != 1:
        raise Malformed("not a partial opening")
    items = document["items"]
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise Malformed("not a partial opening")
    return PartialOpening(tuple(_item_from_json(item) for item in items))


@lru_cache(maxsize=256)
def _name_parts(name: str) -> tuple[bytes, bytes]:
    """Return a name in UTF-8, and the start of the CBOR pair of the name and a value."""
    pair = encode((name, None))[:-1]
    return name.encode(), pair


def _seal(salt: bytes, items: int) -> "hmac.HMAC":
    """Return HMAC-SHA256 under an entry's salt, with its context taken in.

    A copy of it costs a third of a new one: there is one copy per item.
    """
    if len(salt) < SALT_BYTES or items > MAX_ITEMS:
        raise Malformed("commitment with a short salt or too many items")
    return hmac.new(salt, ITEM_CONTEXT, "sha256")


def _digest(item: Revealed) -> bytes:
    """Hash a shown item; its salt must be 32 bytes, so that the hashed text has one reading."""
    if len(item.salt) != _DIGEST_BYTES:
        raise Malformed("an item's salt is not 32 bytes")
    return sha256(b"\x00" + item.salt + encode((item.name, item.value))).digest()


def _item_to_json(item: Revealed | bytes) -> dict[str, Json]:
    if isinstance(item, bytes):
        return {"digest": _to_base64url(item)}
    pair = encode((item.name, item.value))
    return {"item": _to_base64url(pair), "salt": _to_base64url(item.salt)}


def _item_from_json(item: Json) -> Revealed | bytes:
    if not isinstance(item, Mapping):
        raise Malformed("not an item of a partial opening")
    if item.keys() == {"digest"}:
        return _from_base64url(item["digest"], _DIGEST_BYTES)
    if item.keys() != {"item", "salt"}:
        raise Malformed("not an item of a partial opening")
    pair = decode(_from_base64url(item["item"], None))
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
        raise Malformed("not an item of a partial opening")
    return Revealed(_from_base64url(item["salt"], _DIGEST_BYTES), pair[0], pair[1])


def _to_base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_base64url(text: Json, length: int | None) -> bytes:
    """Decode unpadded base64url in its one canonical form. Source: RFC 4648 section 5."""
    if not isinstance(text, str) or not text.isascii():
        raise Malformed("not base64url")
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Malformed("not base64url") from error
    if _to_base64url(raw) != text or (length is not None and len(raw) != length):
        raise Malformed("not base64url of the right length")
    return raw
