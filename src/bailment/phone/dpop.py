"""DPoP (RFC 9449), the device's side: one new proof for every request."""

import hashlib
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from bailment.model.encoding import base64url
from bailment.phone.key import DeviceKey
from bailment.seal.secret import random_token


def make_proof(key: DeviceKey, method: str, url: str, token: str | None, now_s: int, nonce: str = "") -> str:
    """Return a proof that this request's sender holds `key`, as a JWS in compact form.

    `token` is the access token that goes with the request, None where there is none; `nonce` is the
    server's newest, "" before it gave one. A proof is good for one request only: its `jti` is new each time.

    Source: RFC 9449 section 4.2.
    """
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk()}
    claims: dict[str, object] = {
        "jti": random_token(),
        "htm": method,
        "htu": urlsplit(url)._replace(query="", fragment="").geturl(),
        "iat": now_s,
    }
    if token is not None:
        claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
    if nonce:
        claims["nonce"] = nonce
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def _part(members: Mapping[str, object]) -> str:
    return base64url(json.dumps(members, separators=(",", ":")).encode())
