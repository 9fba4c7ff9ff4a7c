"""How a request says who sends it, for every protocol that reads: a token, and a DPoP proof or none.

Whether a token may come without a proof is told by its device, see `disclosure.pipeline`. What stands here
parses; it decides nothing.
"""

import binascii
import re
from collections.abc import Iterable

from bailment.model.errors import Malformed
from bailment.oauth.rfc9449 import Proof, ProofRejected, check_proof

MOST_TOKEN = 512
MOST_PERSON_ID = 2**53
_BUILD = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
_PERSON_ID = re.compile(r"[1-9][0-9]{0,15}")
# What must not come twice, for two readers could disagree on which one counts.
_SINGLE = frozenset({b"authorization", b"dpop", b"bailment-build"})


class Unauthenticated(Malformed):
    """No usable access token in the request."""


class Headers:
    """Header fields by lower-case name; a field that must stand alone and does not is Malformed."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        """Read the fields of one request."""
        self._fields: dict[bytes, str] = {}
        for name, value in raw:
            if name in self._fields:
                if name in _SINGLE:
                    raise Malformed("the field must not come twice", where=name.decode("latin-1"))
                self._fields[name] += ", " + value.decode("latin-1")
            else:
                self._fields[name] = value.decode("latin-1")

    def has(self, name: bytes) -> bool:
        """Tell whether a field is there, be it empty."""
        return name in self._fields

    def get(self, name: bytes) -> str:
        """Return a field's value, or ""."""
        return self._fields.get(name, "")


def parse_proof(headers: Headers, method: str, uri: str, token: str | None, now: int) -> Proof:
    """Check the request's DPoP proof.

    Raises:
        ProofRejected: there is none, or it does not hold.
    """
    raw = headers.get(b"dpop")
    if not raw:
        raise ProofRejected("the request carries no DPoP proof")
    return check_proof(raw, method=method, uri=uri, token=token, now_s=now // 1000)


def parse_token(headers: Headers) -> tuple[str, bool]:
    """Return the access token, and whether it comes as a bearer token: one without a proof.

    Raises:
        Unauthenticated: there is none, or it has not the scheme DPoP (RFC 9449 section 7.1) or Bearer
            (RFC 6750 section 2.1), or it comes as a bearer token beside a proof.
    """
    scheme, _, token = headers.get(b"authorization").partition(" ")
    scheme, token = scheme.lower(), token.strip()
    if scheme not in ("dpop", "bearer") or not token or len(token) > MOST_TOKEN or not token.isascii():
        raise Unauthenticated("send the access token as `Authorization: DPoP TOKEN`", where="Authorization")
    # Source: RFC 9449 section 7.2: a proof that is sent and not checked would be a downgrade.
    if scheme == "bearer" and headers.has(b"dpop"):
        raise Unauthenticated("a bearer token comes without a DPoP proof", where="Authorization")
    return token, scheme == "bearer"


def parse_build(raw: str) -> bytes | None:
    """Return the declared build's digest, None when none is declared.

    Raises:
        Malformed: not 64 hexadecimal digits.
    """
    if not raw:
        return None
    match = _BUILD.fullmatch(raw.strip())
    if match is None:
        raise Malformed(
            "a build is declared by its SHA-256 signing digest, 64 hexadecimal digits", where="Bailment-Build"
        )
    return binascii.unhexlify(match[1])


def parse_person_id(raw: str) -> int:
    """Return a person's id; what has not the form of one cannot be anybody's, and is 0."""
    if _PERSON_ID.fullmatch(raw) and int(raw) <= MOST_PERSON_ID:
        return int(raw)
    return 0
