"""Protected resource metadata (RFC 9728): who issues tokens for this resource, and in which form."""

from bailment.oauth.protocol import Document
from bailment.oauth.rfc8414 import PROOF_ALGORITHMS
from bailment.oauth.rfc9396 import TYPE


def resource_metadata(issuer: str) -> Document:
    """Return the protected resource's metadata (RFC 9728 section 2)."""
    return {
        "resource": issuer,
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": [TYPE],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        # Where an operator lets a client have them, tokens without a key are accepted too.
        "dpop_bound_access_tokens_required": False,
        "resource_name": "Bailment",
    }
