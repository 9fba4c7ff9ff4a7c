"""The device's side of OAuth: the device grant (RFC 8628), and refreshing what it gave, bound to the key.

    with DeviceGrant("https://gateway.example", key, client_id) as grant:
        asked = grant.ask(details)
        show(asked.user_code, asked.verification_uri)
        tokens = grant.wait(asked)

The server's nonces (RFC 9449 section 8) are kept and answered by themselves. What the server refuses is
an `OAuthProblem` with the RFC's code.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from bailment.model.errors import BailmentError, Unavailable
from bailment.phone.client import TIMEOUT_S, clock_s
from bailment.phone.dpop import make_proof
from bailment.phone.key import DeviceKey
from bailment.phone.wire import Received, Wire

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_S = 5


class OAuthProblem(BailmentError):
    """The authorization server refuses: `error` is the code of RFC 6749 section 5.2 and its like."""

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error}: {description}" if description else error)


@dataclass(frozen=True, slots=True)
class Asked:
    """A device authorization (RFC 8628 section 3.2): what to show, and how often to ask.

    `interval`, and for how long it is good, `expires_in`, are in seconds.
    """

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    interval: int
    expires_in: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token response; `expires_in` is in seconds, `details` what the person agreed to."""

    access_token: str
    refresh_token: str
    expires_in: int
    grant_id: str
    details: tuple[Mapping[str, Any], ...]


class DeviceGrant:
    """A public client's side of one authorization server; not to be shared between threads."""

    def __init__(
        self,
        url: str,
        key: DeviceKey,
        client_id: str,
        *,
        now_s: Callable[[], int] = clock_s,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Speak to the server at origin `url` as this client, with this device's key."""
        self._wire = Wire(url, TIMEOUT_S)
        self._key = key
        self._client_id = client_id
        self._now_s = now_s
        self._sleep = sleep
        self._nonce = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def ask(self, details: list[dict[str, Any]]) -> Asked:
        """Ask for what `details` (RFC 9396, type `bailment`) say.

        Raises:
            OAuthProblem: it cannot be asked for; the description says what to change.
            Unavailable: no answer.
        """
        document = self._post("/oauth/device_authorization", {"authorization_details": json.dumps(details)})
        try:
            return Asked(
                str(document["device_code"]),
                str(document["user_code"]),
                str(document["verification_uri"]),
                str(document.get("verification_uri_complete", "")),
                int(document.get("interval", _SLOWER_S)),
                int(document["expires_in"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("not a device authorization response") from error

    def wait(self, asked: Asked) -> Tokens:
        """Poll until the person has answered.

        Raises:
            OAuthProblem: `access_denied`, `expired_token` and others that end it.
            Unavailable: no answer.
        """
        interval = asked.interval
        while True:
            try:
                return self.poll(asked)
            except OAuthProblem as problem:
                if problem.error == "slow_down":
                    interval += _SLOWER_S
                elif problem.error != "authorization_pending":
                    raise
            self._sleep(interval)

    def poll(self, asked: Asked) -> Tokens:
        """Ask once whether the person has answered."""
        return self._tokens({"grant_type": DEVICE_GRANT, "device_code": asked.device_code})

    def refresh(self, refresh_token: str) -> Tokens:
        """Spend a refresh token; asked again within 20 s, the server gives the same successor.

        Raises:
            OAuthProblem: `invalid_grant`: the grant is withdrawn, expired, or its tokens were revoked.
            Unavailable: no answer.
        """
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def _tokens(self, form: dict[str, str]) -> Tokens:
        document = self._post("/oauth/token", form)
        try:
            if str(document["token_type"]).lower() != "dpop":
                raise Unavailable("the server gave a token that is not bound to this device's key")
            return Tokens(
                str(document["access_token"]),
                str(document["refresh_token"]),
                int(document["expires_in"]),
                str(document.get("grant_id", "")),
                tuple(document.get("authorization_details", ())),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("not a token response") from error

    def _post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Send a form with a proof; once more, with the server's nonce, when it asks for one."""
        body = urlencode({"client_id": self._client_id, **form}).encode()
        document: dict[str, Any] = {}
        for _ in range(2):
            received = self._wire.send("POST", path, lambda: self._headers(path), body)
            challenged = self._nonce
            self._nonce = received.headers.get("dpop-nonce", self._nonce)
            document = _document(received)
            if received.status == 200:
                return document
            if document.get("error") != "use_dpop_nonce" or self._nonce == challenged:
                break
        raise OAuthProblem(str(document.get("error", "")), str(document.get("error_description", "")))

    def _headers(self, path: str) -> dict[str, str]:
        proof = make_proof(self._key, "POST", self._wire.origin + path, None, self._now_s(), self._nonce)
        return {"Content-Type": "application/x-www-form-urlencoded", "DPoP": proof}


def _document(received: Received) -> dict[str, Any]:
    try:
        document = json.loads(received.body)
    except (ValueError, RecursionError) as error:
        raise Unavailable(f"the server answered {received.status} without JSON") from error
    if not isinstance(document, dict):
        raise Unavailable("the server's answer is not a JSON object")
    return document
