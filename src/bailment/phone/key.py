"""The device's key: ECDSA on P-256, made on the device, kept in a file that only its owner may read.

The private key never leaves the device; the gateway learns the public key from the proofs. On a phone it
would live in the secure element; this one is a file in JWK form (RFC 7517, RFC 7518 section 6.2), mode 0600.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from bailment.model.encoding import base64url
from bailment.model.errors import Malformed
from bailment.phone.files import read_private, write_private

_COORDINATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A P-256 key pair."""

    private: ec.EllipticCurvePrivateKey

    def public_jwk(self) -> dict[str, str]:
        """Return the public key as a JWK."""
        numbers = self.private.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}

    def private_jwk(self) -> dict[str, str]:
        """Return the private key as a JWK; for the key file only, never to be sent."""
        return {**self.public_jwk(), "d": _coordinate(self.private.private_numbers().private_value)}

    def thumbprint(self) -> str:
        """Return the public key's thumbprint, base64url unpadded.

        Source: RFC 7638 section 3: the required members, sorted, without white space.
        """
        members = json.dumps(self.public_jwk(), sort_keys=True, separators=(",", ":"))
        return base64url(hashlib.sha256(members.encode()).digest())

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte ES256 signature.

        Source: RFC 7518 section 3.4: R and S as 32 bytes each, not DER.
        """
        r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)


def make_key() -> DeviceKey:
    """Make a new key."""
    return DeviceKey(ec.generate_private_key(ec.SECP256R1()))


def key_of_jwk(jwk: Mapping[str, object]) -> DeviceKey:
    """Return the key in a private JWK.

    Raises:
        Malformed: it is no private P-256 key, or its public half is another key's.
    """
    try:
        if jwk["kty"] != "EC" or jwk["crv"] != "P-256":
            raise Malformed("the key is not P-256", where="jwk")
        x, y, d = (int.from_bytes(_decode(jwk[member])) for member in ("x", "y", "d"))
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1())
        return DeviceKey(ec.EllipticCurvePrivateNumbers(d, public).private_key())
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("not a private key in JWK form", where="jwk") from error


def load_key(path: Path) -> DeviceKey | None:
    """Read the key file, None when there is none.

    Raises:
        Malformed: it holds no such key.
        Unavailable: it cannot be read.
    """
    raw = read_private(path)
    if raw is None:
        return None
    try:
        jwk = json.loads(raw)
    except ValueError as error:
        raise Malformed("not a key file", where=path.name) from error
    return key_of_jwk(jwk)


def store_key(path: Path, key: DeviceKey) -> None:
    """Write the key file durably, mode 0600.

    Raises:
        Unavailable: it cannot be written.
    """
    write_private(path, json.dumps(key.private_jwk()).encode())


def _coordinate(number: int) -> str:
    return base64url(number.to_bytes(_COORDINATE_BYTES))


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("a member of a JWK is a text")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
