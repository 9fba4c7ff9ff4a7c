"""Openings at rest: AES-256-GCM under a key derived from the person's key.

Destroying the person's key makes every opening of theirs unreadable, while the ledger, which holds
commitments only, still verifies.
"""

import functools
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailment.model.errors import Tampered
from bailment.seal.secret import random_bytes

_NONCE_LENGTH = 12


def seal_detail(person_key: bytes, commitment: bytes, plaintext: bytes) -> bytes:
    """Return nonce (12 bytes) and AES-256-GCM ciphertext, bound to `commitment`."""
    nonce = random_bytes(_NONCE_LENGTH)
    return nonce + _cipher(person_key).encrypt(nonce, plaintext, commitment)


def open_detail(person_key: bytes, commitment: bytes, sealed: bytes) -> bytes:
    """Return the plaintext of `seal_detail`.

    Raises:
        Tampered: the key, the commitment or a byte is another.
    """
    try:
        return _cipher(person_key).decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], commitment)
    except (InvalidTag, ValueError) as error:
        raise Tampered("an opening does not decrypt under its person's key") from error


@functools.lru_cache(4096)
def _cipher(person_key: bytes) -> AESGCM:
    return AESGCM(hmac.digest(person_key, b"bailment/detail/v1", "sha256"))
