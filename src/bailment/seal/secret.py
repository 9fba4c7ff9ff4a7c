"""Random secrets; the only place that asks the system for randomness."""

import os
import secrets

from bailment.model.encoding import base64url, expiry_front


def random_bytes(length: int) -> bytes:
    """Return `length` bytes from the system's generator."""
    return os.urandom(length)


def random_id(prefix: str) -> str:
    """Return `prefix_` and 128 random bits as base64url, unpadded."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"


def random_token() -> str:
    """Return 256 random bits as base64url, unpadded, 43 characters: what does not expire by itself."""
    return secrets.token_urlsafe(32)


def random_secret(expires_at_ms: int) -> str:
    """Return a token or one-time code that expires at this Unix time in ms: 52 characters of base64url.

    7 bytes tell when it expires, 32 are random; `model.encoding.hash_token` is its stored form.
    """
    return base64url(expiry_front(expires_at_ms) + random_bytes(32))


def random_user_code() -> str:
    """Return eight of the twenty consonants of RFC 8628 section 6.1: 34 bits, and no word by accident."""
    return "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
