"""The ledger's two signing keys, Ed25519 and ML-DSA-44, in one file that only its owner may read."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from bailment.model.errors import Malformed, Unavailable
from bailment.seal.secret import random_bytes

_SEED_LENGTH = 32


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """A log's or a witness's private keys."""

    ed25519: Ed25519PrivateKey
    mldsa44: MLDSA44PrivateKey


def load_or_make_keys(path: Path) -> SigningKeys:
    """Read the keys at `path`; where there is no file yet, make them and store them durably, mode 0600.

    Raises:
        Malformed: the file is not such a key file.
        Unavailable: it cannot be read or written.
    """
    try:
        if not path.exists():
            _store(
                path,
                {"ed25519": random_bytes(_SEED_LENGTH).hex(), "mldsa44": random_bytes(_SEED_LENGTH).hex()},
            )
        seeds = json.loads(path.read_text())
        return SigningKeys(
            Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seeds["ed25519"])),
            MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(seeds["mldsa44"])),
        )
    except OSError as error:
        raise Unavailable(f"the key file {path.name} cannot be read or written") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("not a key file", where=path.name) from error


def _store(path: Path, seeds: dict[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(seeds, file)
        file.flush()
        os.fsync(file.fileno())
