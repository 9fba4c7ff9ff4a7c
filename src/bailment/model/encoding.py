"""Spellings that several layers share: base64url, and the stored form of a token."""

import base64
import hashlib
import re

# What expires carries its hour in front, so that all rows of one hour lie together in a table's key. The
# millisecond within the hour follows: what is written at one time fills one page of the table, not many.
HOUR_MS = 3_600_000
HOUR_BYTES = 4
END_BYTES = HOUR_BYTES + 3
_TOKEN = re.compile(r"[A-Za-z0-9_-]{52}")


def base64url(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def expiry_hour(expires_at_ms: int) -> bytes:
    """Return the hour in which an instant lies: hours since 1970, 4 bytes, big-endian, capped at the last.

    Rows whose key starts with an hour below that of now have all expired.
    """
    return min(expires_at_ms // HOUR_MS, 2**32 - 1).to_bytes(HOUR_BYTES)


def expiry_front(expires_at_ms: int) -> bytes:
    """Return `expiry_hour` and the milliseconds from its beginning, 3 bytes, big-endian."""
    return expiry_hour(expires_at_ms) + (expires_at_ms % HOUR_MS).to_bytes(END_BYTES - HOUR_BYTES)


def hash_token(token: str) -> bytes:
    """Return the 39 bytes by which a token is stored: its `expiry_front` and its SHA-256.

    A token that has not the form of `seal.secret.random_secret` expires at 0. 256 random bits need no
    salt and no slow hash.
    """
    front = base64.urlsafe_b64decode(token[:12])[:END_BYTES] if _TOKEN.fullmatch(token) else bytes(END_BYTES)
    return front + hashlib.sha256(token.encode()).digest()
