"""The device authorization grant (RFC 8628): for a television, or a handset without a browser.

What makes polling fair: the first poll is never too early; one that is too early costs five seconds
more (section 3.5), up to `MOST_INTERVAL_S`, counted from the last poll that was *not* too early. So a
client that cannot learn is slowed down and never locked out, and one that obeys is served at once.
"""

import re

from bailment.model.encoding import hash_token
from bailment.model.oauth import Client, DeviceRequest, DeviceState
from bailment.oauth.ports import OAuthTransaction
from bailment.oauth.protocol import Call, Document, ProtocolError
from bailment.oauth.proving import prove
from bailment.oauth.rfc7523 import authenticate
from bailment.oauth.rfc8707 import check_resource
from bailment.oauth.rfc9396 import check_grants, check_wish, parse_details
from bailment.oauth.rfc9449 import Proof
from bailment.oauth.server import Server, in_transaction
from bailment.seal.secret import random_secret, random_user_code

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
LIFE_MS = 10 * 60_000
INTERVAL_S = 5
MOST_INTERVAL_S = 60
# What one client may have waiting at a time: user codes must stay sparse (section 5.1).
MOST_PENDING = 10_000
_TRIES = 4
_USER_CODE = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{8}")


async def begin(server: Server, call: Call) -> Document:
    """Start a device authorization (section 3.1) and return its two codes (section 3.2).

    A proof that comes with it binds the device code to its key, as RFC 9449 section 10.1 does for a
    pushed request.

    Raises:
        ProtocolError: as RFC 6749 section 5.2 and RFC 9396 section 5 name them.
    """
    expires_at = call.now + LIFE_MS
    secret, proof = random_secret(expires_at), prove(call, server.nonces)

    async def work(transaction: OAuthTransaction) -> str:
        client = await authenticate(transaction, call, server.issuer)
        if GRANT_TYPE not in client.grant_types:
            raise ProtocolError("unauthorized_client", "this client is not registered for the device grant")
        check_resource(call, server.issuer)
        wish = parse_details(call.need("authorization_details"))
        check_wish(wish, check_grants(await transaction.standing(client.integration_id), call.now))
        if await transaction.count_device_requests(client.client_id, call.now) >= MOST_PENDING:
            raise ProtocolError("slow_down", "too many device codes of this client are waiting", status=429)
        if proof is not None and not await transaction.mark(proof.bucket, proof.mark):
            raise ProtocolError("invalid_dpop_proof", "the proof was used before: sign a new one")
        request = DeviceRequest(
            hash_token(secret),
            "",
            client.client_id,
            wish,
            proof.jkt if proof else "",
            DeviceState.PENDING,
            "",
            INTERVAL_S,
            None,
            expires_at,
        )
        for _ in range(_TRIES):
            code = random_user_code()
            if await transaction.add_device_request(request._replace(user_code=code), call.now):
                return code
        raise ProtocolError("slow_down", "no free code was found: try again", status=429)

    user_code = spelled(await in_transaction(server, work))
    page = f"{server.issuer}/device"
    return {
        "device_code": secret,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={user_code}",
        "expires_in": LIFE_MS // 1000,
        "interval": INTERVAL_S,
    }


def spelled(user_code: str) -> str:
    """Return a user code as people read it: two groups of four."""
    return f"{user_code[:4]}-{user_code[4:]}"


def normal_user_code(raw: str) -> str:
    """Return a typed code as it is stored; "" when it cannot be one (section 6.1)."""
    code = re.sub(r"[\s-]", "", raw[:64]).upper()
    return code if _USER_CODE.fullmatch(code) else ""


async def poll(
    transaction: OAuthTransaction, call: Call, client: Client, proof: Proof | None
) -> DeviceRequest:
    """Return an approved request for this device code, or say what the device has to do (section 3.5).

    Raises:
        ProtocolError: `authorization_pending`, `slow_down`, `access_denied`, `expired_token`,
            `invalid_grant`.
    """
    request = await transaction.device_request(hash_token(call.need("device_code")))
    if request is None or request.client_id != client.client_id:
        raise ProtocolError("invalid_grant", "the device code is not known, or is another client's")
    if request.jkt and (proof is None or proof.jkt != request.jkt):
        raise ProtocolError("invalid_dpop_proof", "the device code is bound to another key")
    if request.expires_at <= call.now:
        raise ProtocolError("expired_token", "the device code has expired: start again")
    if request.state is DeviceState.USED:
        raise ProtocolError("invalid_grant", "the device code was used before")
    if request.state is DeviceState.DENIED:
        raise ProtocolError("access_denied", "the person refused")
    await _keep_pace(transaction, call, request)
    if request.state is DeviceState.PENDING:
        raise ProtocolError("authorization_pending", "the person has not answered yet")
    return request


async def _keep_pace(transaction: OAuthTransaction, call: Call, request: DeviceRequest) -> None:
    if request.polled_at is not None and call.now - request.polled_at < request.interval_s * 1000:
        slower = min(request.interval_s + 5, MOST_INTERVAL_S)
        await transaction.set_device_polled(request.key, request.polled_at, slower)
        raise ProtocolError("slow_down", f"wait {slower} s between polls")
    await transaction.set_device_polled(request.key, call.now, request.interval_s)
