"""Security Event Tokens (RFC 8417), in the profile of the Shared Signals Framework 1.0, section 4.

The rules of that profile that stand here:

1. `typ` is `secevent+jwt`, so that no SET passes for another kind of JWT
2. neither `sub` nor `exp` is there, for the same reason; the subject is `sub_id` (RFC 9493)
3. `events` holds one event
4. `aud` is the one client that the stream belongs to

An event that is sent again is the same SET: the same `jti` and `iat`, which are those of the outbox row and
not of the attempt, under a fresh signature.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from joserfc import jws

from bailment.oauth.keys import ALGORITHM, signing_key
from bailment.seal.oauth_keys import OAuthKeys

SET_TYPE = "secevent+jwt"
MEDIA_TYPE = "application/secevent+jwt"


class SecurityEvent(NamedTuple):
    """What a SET says, before it has an issuer and an audience.

    `jti` is unique for good, `happened_at` is in Unix ms, `subject` is a subject identifier (RFC 9493), and
    `uri` names the event's type, which gives `payload` its meaning.
    """

    jti: str
    happened_at: int
    uri: str
    subject: Mapping[str, Any]
    payload: Mapping[str, Any]


def opaque(subject_id: str) -> dict[str, str]:
    """Return a subject identifier that means something to its two parties only (RFC 9493 section 3.2.5)."""
    return {"format": "opaque", "id": subject_id}


def sign_set(event: SecurityEvent, *, issuer: str, audience: str, keys: OAuthKeys) -> str:
    """Return the SET in compact form, for one audience: the client's id."""
    key = signing_key(keys)
    claims = {
        "iss": issuer,
        "iat": event.happened_at // 1000,
        "jti": event.jti,
        "aud": audience,
        # What it is for: SETs with one cause share it. Here every cause has one row of its own.
        "txn": event.jti,
        "sub_id": dict(event.subject),
        "events": {event.uri: dict(event.payload)},
    }
    header = {"typ": SET_TYPE, "alg": ALGORITHM, "kid": key.kid}
    return jws.serialize_compact(header, msgspec.json.encode(claims), key, algorithms=[ALGORITHM])
