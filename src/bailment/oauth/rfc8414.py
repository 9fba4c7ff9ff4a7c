"""Authorization server metadata (RFC 8414): what a client needs to know before it begins."""

from bailment.oauth.grant_management import ACTIONS
from bailment.oauth.protocol import Document
from bailment.oauth.rfc6749 import CLIENT_SCOPES, GRANT_TYPES
from bailment.oauth.rfc7523 import ALGORITHMS, METHODS
from bailment.oauth.rfc7636 import METHOD
from bailment.oauth.rfc9396 import TYPE

PROOF_ALGORITHMS = ("ES256", "EdDSA", "Ed25519")
_AUTH_METHODS = list(METHODS)


def server_metadata(issuer: str) -> Document:
    """Return the authorization server's metadata (RFC 8414 section 2 and those that extend it)."""
    oauth = f"{issuer}/oauth"
    signing = list(ALGORITHMS)
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": f"{oauth}/token",
        "pushed_authorization_request_endpoint": f"{oauth}/par",
        "require_pushed_authorization_requests": True,
        "device_authorization_endpoint": f"{oauth}/device_authorization",
        "registration_endpoint": f"{oauth}/register",
        "revocation_endpoint": f"{oauth}/revoke",
        "introspection_endpoint": f"{oauth}/introspect",
        "grant_management_endpoint": f"{oauth}/grants",
        "grant_management_actions_supported": list(ACTIONS),
        "grant_management_action_required": False,
        "jwks_uri": f"{oauth}/jwks",
        "scopes_supported": sorted(CLIENT_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": sorted(GRANT_TYPES),
        "code_challenge_methods_supported": [METHOD],
        "authorization_details_types_supported": [TYPE],
        "authorization_response_iss_parameter_supported": True,
        "token_endpoint_auth_methods_supported": _AUTH_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": signing,
        "revocation_endpoint_auth_methods_supported": _AUTH_METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": signing,
        "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": signing,
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "request_uri_parameter_supported": True,
        "request_parameter_supported": False,
        "protected_resources": [issuer],
    }
