"""JSON Web Signatures (RFC 7515) as every request's path checks them: strict, straight on `cryptography`.

Compact form, base64url without padding, and one signature under one key. Which algorithm a key may serve,
and what header and claims must say, is the caller's. Where a signature is rare, joserfc does all of this;
tests hold the two beside each other.
"""

import binascii
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey

P256_BYTES = 32
_SHA256 = SHA256()
_ES256 = ec.ECDSA(_SHA256)
# Source: RFC 7518 section 3.5: MGF1 with the same hash, a salt as long as its output.
_PS256 = padding.PSS(padding.MGF1(_SHA256), _SHA256.digest_size)
# What the standard alphabet has and this one has not becomes what neither has.
_TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")
_PADDING = (b"", b"===", b"==", b"=")
# With which character a text of this length, modulo 4, may end: the bits that stand for nothing are zero.
_LAST = ("", "", "AQgw", "AEIMQUYcgkosw048")


class NotVerified(ValueError):
    """Not a JWS in the strict form, or its signature does not verify; the message says which."""


def split(compact: str) -> tuple[str, str, str, bytes]:
    """Return (header, claims, signature), each still encoded, and the bytes that are signed.

    Raises:
        NotVerified: there are not three parts.
    """
    signed, _, signature = compact.rpartition(".")
    header, dot, claims = signed.partition(".")
    if not dot or "." in claims:
        raise NotVerified("not a JWS in compact form")
    return header, claims, signature, signed.encode()


def decode_part(text: str) -> bytes:
    """Decode base64url, unpadded and strict (RFC 7515 section 2): no two texts stand for the same bytes.

    Raises:
        NotVerified: it is anything else.
    """
    surplus = len(text) % 4
    if surplus and text[-1] not in _LAST[surplus]:
        raise NotVerified("a part is not base64url without padding")
    try:
        raw = text.encode().translate(_TO_STANDARD) + _PADDING[surplus]
        return binascii.a2b_base64(raw, strict_mode=True)
    except ValueError as error:
        raise NotVerified("a part is not base64url without padding") from error


def verify(key: PublicKey, signature: bytes, signed: bytes) -> None:
    """Verify a signature as the key's kind has it: ES256, PS256, or EdDSA on Ed25519 (RFC 7518, RFC 8037).

    Raises:
        NotVerified: it does not verify.
    """
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            if len(signature) != 2 * P256_BYTES:
                raise NotVerified("the signature is not 64 bytes")
            r, s = int.from_bytes(signature[:P256_BYTES]), int.from_bytes(signature[P256_BYTES:])
            key.verify(utils.encode_dss_signature(r, s), signed, _ES256)
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            key.verify(signature, signed, _PS256, _SHA256)
    except InvalidSignature as error:
        raise NotVerified("the signature does not verify") from error


def import_public(jwk: dict[str, Any]) -> PublicKey:
    """Import a P-256, Ed25519 or RSA public key (RFC 7517). Private members are not looked for.

    Raises:
        NotVerified: it is of another kind, or has not the members that its kind needs, or they are no key.
    """
    try:
        match jwk.get("kty"), jwk.get("crv"):
            case "EC", "P-256":
                x, y = decode_part(jwk["x"]), decode_part(jwk["y"])
                if len(x) != P256_BYTES or len(y) != P256_BYTES:
                    raise NotVerified("the coordinates are not 32 bytes each")
                return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
            case "OKP", "Ed25519":
                return ed25519.Ed25519PublicKey.from_public_bytes(decode_part(jwk["x"]))
            case "RSA", _:
                n, e = (int.from_bytes(decode_part(jwk[name])) for name in ("n", "e"))
                return rsa.RSAPublicNumbers(e, n).public_key()
            case _:
                raise NotVerified("a key of another kind")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotVerified("not a valid public key") from error
