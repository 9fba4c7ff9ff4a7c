"""Openings read where they lie: checked whole against their commitment, decoded only where somebody asks.

An answer about everybody opens commitments by the hundred thousand and wants two or three details of each.
Here an opening is cut into its items without decoding them; what is hashed are the very bytes that were
committed to. So nothing has to be encoded again, and a form that is not the deterministic one does not match.

Source: `commitment`, whose hashes these are; RFC 2104 for HMAC; RFC 8949 section 3 for heads.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from bailment.ledger.cbor import MAX_DEPTH, Value, decode
from bailment.ledger.commitment import ITEM_CONTEXT, MAX_ITEMS, SALT_BYTES
from bailment.model.errors import Malformed, Tampered

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

# A map, whose major type is the one after the array's, has two items for each that it counts.
_BYTES, _TEXT, _ARRAY, _MAP = 2, 3, 4, 5
_PAIR, _SHORT_TEXT = 0x82, 0x60
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


# A country, an outcome, a mask is the same in one opening after another; who gets a list must not change it.
_decode = lru_cache(8_192)(decode)


class Details(Mapping[str, Value]):
    """The details behind a commitment by name; each is decoded when it is read."""

    __slots__ = ("_places", "_raw")

    def __init__(self, raw: bytes, places: Mapping[bytes, tuple[int, int]]) -> None:
        """Keep an opening and where in it the value of each name stands."""
        self._raw, self._places = raw, places

    def __getitem__(self, name: str) -> Value:
        """Return a detail."""
        start, end = self._places[name.encode()]
        return _decode(self._raw[start:end])

    def __iter__(self) -> Iterator[str]:
        """Yield the names in order."""
        return (name.decode() for name in self._places)

    def __len__(self) -> int:
        """Return how many details there are."""
        return len(self._places)


def read_opening(raw: bytes, commitment: bytes) -> Details:
    """Return the details of an opening in its CBOR form, once they are what was committed to.

    Raises:
        Malformed: it is no opening.
        Tampered: it is one of something else.
    """
    try:
        return _read(raw, commitment)
    except (IndexError, KeyError) as error:
        raise Malformed("an opening that is cut short or no CBOR") from error


def _read(raw: bytes, commitment: bytes) -> Details:
    length, at = _head(raw, 1, _BYTES)
    salt = raw[at : at + length]
    count, at = _head(raw, at + length, _ARRAY)
    if raw[0] != _PAIR or len(salt) < SALT_BYTES or count > MAX_ITEMS:
        raise Malformed("not an opening")
    inner, outer = _keyed(salt)
    digests, places, last = [b"\x01"], {}, b""
    for _ in range(count):
        name, value_at = _name(raw, at)
        end = _end(raw, value_at, MAX_DEPTH)
        if name <= last:
            raise Malformed("an opening whose names are out of order")
        places[name], last = (value_at, end), name
        keyed, salted = inner(), outer()
        keyed.update(name)
        salted.update(keyed.digest())
        digests.append(sha256(b"\x00" + salted.digest() + raw[at:end]).digest())
        at = end
    if at != len(raw) or sha256(b"".join(digests)).digest() != commitment:
        raise Tampered("an opening is not of this commitment")
    return Details(raw, places)


def _keyed(salt: bytes) -> tuple[Callable[[], "Hash"], Callable[[], "Hash"]]:
    """Return what begins the inner and the outer hash of HMAC-SHA256 under a salt, with its context taken in.

    Two copies of a hash cost half of one copy of an HMAC: there is one for each item.
    """
    key = (salt if len(salt) <= _BLOCK else sha256(salt).digest()).ljust(_BLOCK, b"\0")
    return sha256(key.translate(_INNER) + ITEM_CONTEXT).copy, sha256(key.translate(_OUTER)).copy


def _head(raw: bytes, at: int, major: int) -> tuple[int, int]:
    """Return the argument of a head of this major type, and where it ends."""
    first = raw[at]
    if first >> 5 != major:
        raise Malformed("an opening of another form")
    low = first & 31
    if low < 24:
        return low, at + 1
    end = at + 1 + _LENGTHS[low]
    return int.from_bytes(raw[at + 1 : end], "big"), end


def _name(raw: bytes, at: int) -> tuple[bytes, int]:
    """Return the name of the pair that begins at `at`, and where its value does; a name is never empty."""
    if raw[at] != _PAIR:
        raise Malformed("an opening of another form")
    length, start = raw[at + 1] - _SHORT_TEXT, at + 2
    if not 0 <= length < 24:
        length, start = _head(raw, at + 1, _TEXT)
    end = start + length
    return raw[start:end], end


def _end(raw: bytes, at: int, depth: int) -> int:
    """Return where the item that begins at `at` ends; most are a head alone, or a head and bytes."""
    first = raw[at]
    major, argument = first >> 5, first & 31
    if argument < 24:
        at += 1
    else:
        argument, at = _head(raw, at, major)
    if major < _BYTES or major > _MAP:
        return at
    return at + argument if major < _ARRAY else _end_of_items(raw, at, argument * (major - 3), depth)


def _end_of_items(raw: bytes, at: int, items: int, depth: int) -> int:
    if not depth or items > len(raw) - at:
        raise Malformed("an opening that is nested too deeply, or cut short")
    for _ in range(items):
        at = _end(raw, at, depth - 1)
    return at
