"""The platform's OpenID provider reached over HTTP: one request, no redirects, so many bytes and seconds."""

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import IO

from bailment.model.errors import Unavailable

_TIMEOUT_S = 5.0
_MOST_BYTES = 262_144


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an answer like another: a secret goes to the configured provider only."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002 - the base class has it
        fp: IO[bytes],  # noqa: ARG002 - the base class has it
        code: int,  # noqa: ARG002 - the base class has it
        msg: str,  # noqa: ARG002 - the base class has it
        headers: Message,  # noqa: ARG002 - the base class has it
        newurl: str,  # noqa: ARG002 - the base class has it
    ) -> urllib.request.Request | None:
        return None


class OpenIdHttp:
    """Satisfies `oauth.openid.Web`."""

    def __init__(self) -> None:
        """Ask whichever URL the provider's metadata names."""
        self._opener = urllib.request.build_opener(_NoRedirects)

    async def fetch(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
        """Return the body of a 200: of a GET, or of a POST where there is a body.

        Raises:
            Unavailable: no answer in 5 s, any other status, or more than 256 KiB.
        """
        return await asyncio.to_thread(self._fetch, url, headers, body)

    def _fetch(self, url: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        try:
            request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310 - oauth.openid checks it
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                raw: bytes = answer.read(_MOST_BYTES + 1)
                status = answer.status
        except urllib.error.HTTPError as error:
            with error:
                raise Unavailable(f"the OpenID provider answered {error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable("the OpenID provider does not answer") from error
        if status != http.client.OK or len(raw) > _MOST_BYTES:
            raise Unavailable("the OpenID provider's answer is not what was asked for")
        return raw
