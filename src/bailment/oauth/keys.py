"""The server's signing key as JOSE knows it: a JWK with its thumbprint for a name (RFC 7517, RFC 7638).

There is one key. `kid` names it in every signature, so a second one can be published beside it before it
signs; nothing here does that yet.
"""

import functools

from joserfc.jwk import ECKey

from bailment.oauth.protocol import Document
from bailment.seal.oauth_keys import OAuthKeys

ALGORITHM = "ES256"


@functools.lru_cache(8)
def signing_key(keys: OAuthKeys) -> ECKey:
    """Return the private key for joserfc; its `kid` is the RFC 7638 thumbprint."""
    key = ECKey.import_key(keys.signing, {"use": "sig", "alg": ALGORITHM})
    key.ensure_kid()
    return key


def jwks_document(keys: OAuthKeys) -> Document:
    """Return the JWK Set to publish: public members only (RFC 7517 section 5)."""
    return {"keys": [signing_key(keys).as_dict(private=False)]}
