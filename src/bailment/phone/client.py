"""The device SDK: a gateway's JSON API, with a proof of the device's key on every request.

    client = PhoneClient("https://gateway.example", make_key(), build=DIGEST)
    client.enrol(code)
    client.me().content

Every answer carries a receipt, by which its entry is found in the gateway's ledger. What the gateway
refuses is raised as a `GatewayProblem`. The client remembers its token and nothing else: what a phone
holds is in `state.py`.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

from bailment.model.errors import Malformed, Unavailable
from bailment.phone.dpop import make_proof
from bailment.phone.key import DeviceKey
from bailment.phone.problems import problem_of
from bailment.phone.wire import Received, Wire

TIMEOUT_S = 10.0
_OK, _CREATED, _NO_CONTENT, _NOT_MODIFIED = 200, 201, 204, 304


def clock_s() -> int:
    """Return the Unix time in seconds."""
    return int(time.time())  # noqa: TID251 - a device has its own clock, and the phone shares no code with `clock.py`


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an enrolment gives: `expires_in` is in seconds."""

    device_id: str
    token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: `content` is None when the caller holds it already (`etag` was current)."""

    content: dict[str, Any] | None
    etag: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Changes:
    """A friends list: the whole one, or what changed since `sync`; `retracted` are ids to forget."""

    friends: tuple[dict[str, Any], ...]
    retracted: tuple[str, ...]
    sync: str
    whole: bool
    receipt: str


class PhoneClient:
    """A device's client of one gateway; not to be shared between threads."""

    def __init__(
        self,
        url: str,
        key: DeviceKey,
        *,
        token: str = "",
        build: str = "",
        now_s: Callable[[], int] = clock_s,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Speak to the gateway at origin `url`; `build` is the declared signing digest, 64 hex digits."""
        self._wire = Wire(url, timeout_s)
        self._key = key
        self._token = token
        self._build = build
        self._now_s = now_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def enrol(self, code: str) -> Enrolment:
        """Spend a one-time code: the token it gives is bound to this key, and used from now on.

        Raises:
            CodeRejected: the code is not good, or was used.
        """

        def headers() -> dict[str, str]:
            return {"Content-Type": "application/json", "DPoP": self._proof("POST", "/v1/devices", None)}

        self._wire.close()  # A fresh connection: an enrolment is never sent twice.
        body = json.dumps({"code": code}).encode()
        document = _document(self._wire.send("POST", "/v1/devices", headers, body), _CREATED)
        try:
            enrolment = Enrolment(
                str(document["device"]), str(document["access_token"]), int(document["expires_in"])
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed("not an enrolment", where="/v1/devices") from error
        self._token = enrolment.token
        return enrolment

    def me(self, etag: str = "") -> Shown:
        """Read the user's own profile; with the `etag` of what is held, only when it changed.

        Raises:
            NotShown: nothing of it may be shown.
        """
        return self._read("/v1/me", etag)

    def friend(self, person_id: str) -> Shown:
        """Read one friend.

        Raises:
            NotShown: there is nothing to show; what is held of this person is to be forgotten.
        """
        return self._read(f"/v1/friends/{quote(person_id, safe='')}")

    def friends(self) -> Changes:
        """Read the whole friends list."""
        return self._list("/v1/friends", whole=True)

    def sync(self, since: str) -> Changes:
        """Read what changed since a sync token.

        Raises:
            SyncTokenStale: the token is not of this device's holding; read `friends()`.
        """
        return self._list(f"/v1/friends?{urlencode({'since': since})}", whole=False)

    def timeline(self, limit: int = 20) -> Shown:
        """Read the newest statuses of the user and of friends who show theirs."""
        return self._read(f"/v1/timeline?{urlencode({'limit': limit})}")

    def post(self, text: str, photos: Sequence[str] = ()) -> Shown:
        """Post a status; `photos` are ids that `add_photo` gave."""
        body = json.dumps({"text": text, "photos": list(photos)}).encode()
        return self._write("POST", "/v1/statuses", body, _CREATED, "application/json")

    def add_photo(self, raw: bytes, media_type: str) -> Shown:
        """Hand a picture over: whatever its metadata tells is taken out."""
        return self._write("POST", "/v1/media", raw, _CREATED, media_type)

    def like(self, status_id: str) -> Shown:
        """Like a status.

        Raises:
            NotShown: there is none that this device may see.
        """
        return self._write("PUT", f"/v1/statuses/{quote(status_id, safe='')}/like", b"", _OK)

    def acknowledge_wipe(self, order: str) -> None:
        """Say that what a wipe order names is deleted; saying it again is harmless.

        Raises:
            NotShown: there is no such order to this device.
        """
        path = f"/v1/wipes/{quote(order, safe='')}"

        def headers() -> dict[str, str]:
            proof = self._proof("POST", path, self._token)
            return {"Authorization": f"DPoP {self._token}", "DPoP": proof}

        received = self._wire.send("POST", path, headers, b"")
        if received.status != _NO_CONTENT:
            content_type = received.headers.get("content-type", "")
            raise problem_of(received.status, content_type, received.body, _receipt(received))

    def _write(self, method: str, path: str, body: bytes, expected: int, media_type: str = "") -> Shown:
        def headers() -> dict[str, str]:
            fields = {
                "Authorization": f"DPoP {self._token}",
                "DPoP": self._proof(method, path, self._token),
                "Bailment-Build": self._build,
                "Content-Type": media_type,
            }
            return {name: value for name, value in fields.items() if value}

        received = self._wire.send(method, path, headers, body)
        return Shown(_document(received, expected), "", _receipt(received))

    def _read(self, path: str, etag: str = "") -> Shown:
        received = self._get(path, etag)
        content = None if received.status == _NOT_MODIFIED else _document(received)
        return Shown(content, received.headers.get("etag", ""), _receipt(received))

    def _list(self, path: str, *, whole: bool) -> Changes:
        received = self._get(path)
        document = _document(received)
        try:
            friends = tuple(item | {"id": str(item["id"])} for item in document["friends"])
            retracted = () if whole else tuple(map(str, document["retracted"]))
            return Changes(friends, retracted, str(document["sync"]), whole, _receipt(received))
        except (KeyError, TypeError) as error:
            raise Malformed("not a friends list", where=path.partition("?")[0]) from error

    def _get(self, path: str, etag: str = "") -> Received:
        def headers() -> dict[str, str]:
            fields = {
                "Authorization": f"DPoP {self._token}",
                "DPoP": self._proof("GET", path, self._token),
                "Bailment-Build": self._build,
                "If-None-Match": etag,
            }
            return {name: value for name, value in fields.items() if value}

        return self._wire.send("GET", path, headers)

    def _proof(self, method: str, path: str, token: str | None) -> str:
        return make_proof(self._key, method, self._wire.origin + path, token, self._now_s())


def _receipt(received: Received) -> str:
    return received.headers.get("bailment-receipt", "")


def _document(received: Received, expected: int = _OK) -> dict[str, Any]:
    """Return the JSON object of a good answer, or raise the problem of another."""
    content_type = received.headers.get("content-type", "")
    if received.status != expected:
        raise problem_of(received.status, content_type, received.body, _receipt(received))
    try:
        document = json.loads(received.body)
    except (ValueError, RecursionError) as error:
        raise Unavailable("the gateway's answer is not JSON") from error
    if not isinstance(document, dict):
        raise Unavailable("the gateway's answer is not a JSON object")
    return document
