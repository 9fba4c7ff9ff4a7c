"""PKCE (RFC 7636), S256 only: `plain` would show the verifier to whoever sees the request."""

import hashlib
import hmac
import re

from bailment.model.encoding import base64url
from bailment.oauth.protocol import ProtocolError

METHOD = "S256"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def check_challenge(challenge: str, method: str) -> str:
    """Return the code challenge of a request.

    Raises:
        ProtocolError: it is missing, not 43 characters of base64url, or its method is not S256 (a
            missing method means `plain`, section 4.3).
    """
    if method != METHOD:
        raise ProtocolError("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise ProtocolError("invalid_request", "code_challenge must be 43 characters of base64url")
    return challenge


def check_verifier(verifier: str, challenge: str) -> None:
    """Check the code verifier against the request's challenge (section 4.6).

    Raises:
        ProtocolError: `invalid_grant`.
    """
    good = _VERIFIER.fullmatch(verifier)
    computed = base64url(hashlib.sha256(verifier.encode("utf-8", "replace")).digest())
    if not good or not hmac.compare_digest(computed, challenge):
        raise ProtocolError("invalid_grant", "code_verifier does not fit the code_challenge")
