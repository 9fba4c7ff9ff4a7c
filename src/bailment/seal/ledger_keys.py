"""The ledger's two signing keys, Ed25519 and ML-DSA-44, in one file that only its owner may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from bailment.model.errors import Malformed
from bailment.seal.key_file import read_or_make
from bailment.seal.secret import random_bytes

_SEED_LENGTH = 32


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """A log's or a witness's private keys, with the name that they sign under for good."""

    name: str
    ed25519: Ed25519PrivateKey
    mldsa44: MLDSA44PrivateKey


def load_or_make_keys(path: Path, name: str, *, named_by_hand: bool = True) -> SigningKeys:
    """Read the keys at `path`; where there is no file yet, make them for `name` and store them durably.

    A ledger or witness is never renamed, for its keys would then sign two histories. So a `name` that was
    given by hand must be the stored one; a default gives way to it.

    Raises:
        Malformed: the file is not such a key file, or it is for another name.
        Unavailable: it cannot be read or written.
    """
    stored = read_or_make(path, lambda: _new(name))
    try:
        keys = SigningKeys(
            str(stored["name"]),
            Ed25519PrivateKey.from_private_bytes(bytes.fromhex(stored["ed25519"])),
            MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(stored["mldsa44"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("not a key file", where=path.name) from error
    if named_by_hand and keys.name != name:
        raise Malformed(f"the keys are those of {keys.name}, which is never renamed", where=path.name)
    return keys


def _new(name: str) -> Mapping[str, str]:
    return {
        "name": name,
        "ed25519": random_bytes(_SEED_LENGTH).hex(),
        "mldsa44": random_bytes(_SEED_LENGTH).hex(),
    }
