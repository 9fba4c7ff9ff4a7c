"""Redirect URIs: which can be registered, and which fits a registered one (RFC 9700 section 2.1)."""

import re
from urllib.parse import SplitResult, urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "::1"})
# RFC 8252 section 7.1: a scheme in reverse domain order, so that it has an owner.
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,512}")


def can_be_registered(uri: str) -> bool:
    """Tell whether `uri` is an https URI, a loopback URI, or one of a private-use scheme, without tricks.

    Refused: fragments, a user before the host, backslashes, wildcards, dot segments, and http but to
    the loopback address (RFC 8252 sections 7.1 to 7.3, RFC 9700 section 4.1.3).
    """
    parts = _split(uri)
    if parts is None or parts.fragment or "#" in uri or "@" in parts.netloc or "*" in uri or "\\" in uri:
        return False
    if any(each in (".", "..") for each in parts.path.replace("%2e", ".").replace("%2E", ".").split("/")):
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme == "http":
        return parts.hostname in _LOOPBACK
    return bool(_PRIVATE_SCHEME.fullmatch(parts.scheme)) and not parts.netloc and bool(parts.path)


def fits(uri: str, registered: tuple[str, ...]) -> bool:
    """Tell whether `uri` is exactly a registered one; a loopback one may differ in its port alone."""
    if uri in registered:
        return True
    wanted = _portless(uri)
    return wanted is not None and any(_portless(each) == wanted for each in registered)


def _portless(uri: str) -> tuple[str, str, str] | None:
    """Return a loopback URI without its port; None for every other, or one that is spelled oddly."""
    parts = _split(uri)
    if (
        parts is None
        or parts.scheme != "http"
        or parts.hostname not in _LOOPBACK
        or not can_be_registered(uri)
    ):
        return None
    return parts.hostname, parts.path, parts.query


def _split(uri: str) -> SplitResult | None:
    """Split a URI of printable ASCII; None when it is none."""
    if not _PRINTABLE.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts
