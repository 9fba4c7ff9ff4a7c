"""The issuer in the authorization response (RFC 9207): it tells a client of several servers who answered."""

from collections.abc import Mapping
from urllib.parse import urlencode


def response_location(redirect_uri: str, parameters: Mapping[str, str], issuer: str) -> str:
    """Return the redirect URI, as it was registered, with the response's parameters and `iss` in its query.

    It has no fragment (`redirects`), so what is added at its end is its query. To take it apart and put it
    together again could spell it otherwise, as in `com.example.app:///cb`.
    """
    added = urlencode({name: value for name, value in {**parameters, "iss": issuer}.items() if value})
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{added}"
