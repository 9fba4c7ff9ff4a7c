"""Sync tokens: which revision of its holding a device has seen.

A token is `HOLDING.REVISION`, the holding's random id in base64url and a decimal number. It grants
nothing: it is only read beside a token bound to the device whose holding it names.
"""

import re

from bailment.model.encoding import base64url

_FORM = re.compile(r"([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,17})")


class StaleToken(Exception):
    """The token is not of this holding, or of a revision that it never had."""


def sync_token(holding_id: bytes, revision: int) -> str:
    """Return the token of a holding's revision."""
    return f"{base64url(holding_id)}.{revision}"


def parse_sync(raw_token: str | None, holding_id: bytes | None, revision: int | None) -> int | None:
    """Return the revision that a device has seen; None when it asks for the whole list.

    Raises:
        StaleToken: the token is not of this holding.
    """
    if raw_token is None:
        return None
    match = _FORM.fullmatch(raw_token)
    if match is None or holding_id is None or revision is None:
        raise StaleToken
    if match[1] != base64url(holding_id) or int(match[2]) > revision:
        raise StaleToken
    return int(match[2])
