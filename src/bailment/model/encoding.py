"""Spellings that several layers share: base64url, and the stored form of a token."""

import base64
import hashlib


def base64url(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hash_token(token: str) -> bytes:
    """Return what is stored of a token: its SHA-256. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()
