"""References to pictures as addresses, for clients that fetch a picture without any credentials.

An address holds, encrypted and authenticated under a secret of the server: the stored form of the token for
which it was made, which picture, which variant of it, and until when. It is a way to name a request and no
permission: whoever fetches it is decided on afresh as the device of that token, and recorded so.

AES-256-SIV (RFC 5297) is deterministic: one picture has one address for half a day, which clients may keep
their copy under, and no number of addresses wears the key out.
"""

import base64
import binascii
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.seal.key_file import read_or_make
from bailment.seal.secret import random_bytes

KEY_LENGTH = 64
# An address is good for 12 to 24 hours: made at any moment of one half day, it ends with the next.
HALF_DAY_MS = 12 * 3_600_000
MOST_ADDRESS = 400
_HEAD = struct.Struct(">BQB")
_USE = [b"bailment picture address, first form"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What an address refers to; `token_hash` is the stored form of a bearer token."""

    token_hash: bytes
    media_id: str
    thumbnail: bool


class Capabilities:
    """Makes and reads addresses under one key."""

    def __init__(self, key: bytes) -> None:
        """Use this 64-byte key."""
        self._cipher = AESSIV(key)

    def seal(self, reference: Reference, now: int) -> str:
        """Return the address of a picture, good for the next 12 to 24 hours: base64url, unpadded."""
        until = (now // HALF_DAY_MS + 2) * HALF_DAY_MS
        head = _HEAD.pack(reference.thumbnail, until, len(reference.token_hash))
        plain = head + reference.token_hash + reference.media_id.encode()
        return base64url(self._cipher.encrypt(plain, _USE))

    def open(self, raw: str, now: int) -> Reference | None:
        """Return what an address refers to; None where it is none of ours, was changed, or has ended."""
        if len(raw) > MOST_ADDRESS or not raw.isascii():
            return None
        try:
            sealed = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
            plain = self._cipher.decrypt(sealed, _USE)
        except (InvalidTag, ValueError, binascii.Error):
            return None
        # Letters that the decoder passes over, and bits that it drops, would make other spellings of it.
        if base64url(sealed) != raw:
            return None
        thumbnail, until, length = _HEAD.unpack_from(plain)
        token_hash, media_id = plain[_HEAD.size : _HEAD.size + length], plain[_HEAD.size + length :]
        return Reference(token_hash, media_id.decode(), bool(thumbnail)) if now < until else None


def load_or_make_capabilities(path: Path) -> Capabilities:
    """Read the key at `path`; where there is no file yet, make one and store it durably.

    Raises:
        Malformed: the file is not such a key file.
        Unavailable: it cannot be read or written.
    """
    stored = read_or_make(path, _new)
    try:
        key = bytes.fromhex(stored["aes256siv"])
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("not a key file", where=path.name) from error
    if len(key) != KEY_LENGTH:
        raise Malformed("not a key file", where=path.name)
    return Capabilities(key)


def _new() -> Mapping[str, str]:
    return {"aes256siv": random_bytes(KEY_LENGTH).hex()}
