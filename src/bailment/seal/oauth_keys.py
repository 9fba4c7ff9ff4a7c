"""The authorization server's secrets: its ES256 signing key, and what its DPoP nonces derive from.

They stand in one file that only its owner may read, and that all processes of a deployment share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from bailment.model.errors import Malformed
from bailment.seal.key_file import read_or_make
from bailment.seal.secret import random_bytes

_SECRET_LENGTH = 32
_SCALAR_LENGTH = 32


@dataclass(frozen=True, slots=True)
class OAuthKeys:
    """The P-256 key that signs what the server issues, and a 32-byte secret for `oauth.rfc9449.Nonces`."""

    signing: ec.EllipticCurvePrivateKey
    nonce_secret: bytes = field(repr=False)


def make_oauth_keys() -> OAuthKeys:
    """Make new keys that are kept nowhere."""
    return OAuthKeys(ec.generate_private_key(ec.SECP256R1()), random_bytes(_SECRET_LENGTH))


def load_or_make_oauth_keys(path: Path) -> OAuthKeys:
    """Read the keys at `path`; where there is no file yet, make them and store them durably.

    Raises:
        Malformed: the file is not such a key file.
        Unavailable: it cannot be read or written.
    """
    stored = read_or_make(path, _new)
    try:
        scalar = bytes.fromhex(stored["es256"])
        keys = OAuthKeys(
            ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1()),
            bytes.fromhex(stored["nonce_secret"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("not a key file", where=path.name) from error
    if len(scalar) != _SCALAR_LENGTH or len(keys.nonce_secret) != _SECRET_LENGTH:
        raise Malformed("not a key file", where=path.name)
    return keys


def _new() -> Mapping[str, str]:
    keys = make_oauth_keys()
    scalar = keys.signing.private_numbers().private_value.to_bytes(_SCALAR_LENGTH)
    return {"es256": scalar.hex(), "nonce_secret": keys.nonce_secret.hex()}
