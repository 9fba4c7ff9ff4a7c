"""Random secrets; the only place that asks the system for randomness."""

import os
import secrets


def random_bytes(length: int) -> bytes:
    """Return `length` bytes from the system's generator."""
    return os.urandom(length)


def random_id(prefix: str) -> str:
    """Return `prefix_` and 128 random bits as base64url, unpadded."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"


def random_token() -> str:
    """Return 256 random bits as base64url, unpadded: a token or a one-time code."""
    return secrets.token_urlsafe(32)
