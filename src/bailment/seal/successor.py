"""The successor of a refresh token, at rest: only who has the token that it follows can read it."""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailment.model.errors import Tampered

# Each key encrypts one text in its life, so the nonce may always be the same.
_NONCE = bytes(12)


def seal_successor(token: str, successor: str) -> bytes:
    """Encrypt `successor` under a key made of `token`, which the store does not know."""
    return AESGCM(_key(token)).encrypt(_NONCE, successor.encode(), None)


def open_successor(token: str, sealed: bytes) -> str:
    """Decrypt what `seal_successor` made with the same token.

    Raises:
        Tampered: it was not made so.
    """
    try:
        return AESGCM(_key(token)).decrypt(_NONCE, sealed, None).decode()
    except InvalidTag as error:
        raise Tampered("the stored successor of a token was changed") from error


def _key(token: str) -> bytes:
    """256 random bits go in, so one hash makes a key; its prefix keeps it apart from the stored hash."""
    return hashlib.sha256(b"bailment refresh successor\0" + token.encode()).digest()
