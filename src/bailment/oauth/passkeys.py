"""Passkeys of built-in accounts: the two ceremonies of WebAuthn Level 3, by the package `webauthn`.

The rules:

1. A challenge is derived from the browser's session, not stored: its end and 16 random bytes, and an HMAC
   of both and of the ceremony under the session's secret. So it is good in one browser, for one ceremony,
   for ten minutes, and looking at a page writes nothing.
2. It is good once: whoever presents a sound answer to it spends it, by a row that only the first can count.
   (The row is written after the answer was verified: who has no passkey cannot make the gateway write.)
3. The authenticator must have verified its user: a passkey stands for both factors.
4. Origin and relying party are those of the configured origin, never of the request.
5. A signature count that does not grow means a copied key: the answer is refused. Authenticators that do not
   count say 0 always.
6. Passkeys are found by the authenticator (discoverable): nobody types a login name, and no page tells which
   credentials somebody has. Where the authenticator says whose passkey it is, it is the same person's.
7. Whatever the package raises on an odd answer refuses that answer. It checks the shape of little of what it
   decodes, so on a COSE key that is a list, say, what it raises is Python's own.

The package is an extra, so nobody imports this module but `ceremonies.open_passkeys`. Attestation is not
asked for: which make of authenticator someone has decides nothing here.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

import webauthn
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bailment.model.oauth import Passkey
from bailment.oauth.attempts import single_use_key
from bailment.oauth.ceremonies import PasskeyRefused
from bailment.oauth.ports import OAuthStore, OAuthTransaction
from bailment.oauth.sessions import Visit
from bailment.seal.secret import random_bytes

CHALLENGE_LIFE_MS = 10 * 60_000
MOST_PASSKEYS = 20
MOST_NAME = 64
REGISTER = "register"
SIGN_IN = "sign-in"
_EXPIRY_BYTES, _RANDOM_BYTES, _MAC_BYTES = 8, 16, 32


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The ceremonies at one origin; `rp_id` is its host name."""

    store: OAuthStore
    origin: str
    rp_id: str

    def sign_in_options(self, visit: Visit, now: int) -> str:
        """Return the JSON of what a browser needs to sign in with any passkey of this site."""
        options = webauthn.generate_authentication_options(
            rp_id=self.rp_id,
            challenge=_challenge(visit, SIGN_IN, now),
            timeout=CHALLENGE_LIFE_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    async def sign_in(self, visit: Visit, raw_answer: str, now: int) -> int:
        """Return the person whose passkey gave this answer.

        Raises:
            PasskeyRefused: it is not good, or was given before.
        """
        answer = _parse_answer(raw_answer)
        challenge = _challenge_in(answer, visit, SIGN_IN, now)
        async with self.store.reading() as transaction:
            passkey = await transaction.passkey(_bytes_of(answer.get("id")))
        if passkey is None:
            raise PasskeyRefused("this passkey is not known here")
        _check_user(answer, _user_handle(self.origin, passkey.person_id))
        try:
            verified = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except Exception as error:
            raise PasskeyRefused("the passkey's answer does not verify") from error
        count = verified.new_sign_count

        async def use(transaction: OAuthTransaction) -> bool:
            return await _spend(transaction, challenge) and await transaction.use_passkey(
                passkey.credential_id, passkey.sign_count, count
            )

        if not await self.store.disclose(use):
            raise PasskeyRefused("the passkey's answer was used before")
        return passkey.person_id

    async def register_options(self, visit: Visit, person_id: int, name: str, now: int) -> str:
        """Return the JSON of what a browser needs to make a passkey for a person, shown there as `name`."""
        options = webauthn.generate_registration_options(
            rp_id=self.rp_id,
            rp_name=self.rp_id,
            user_id=_user_handle(self.origin, person_id),
            user_name=name,
            user_display_name=name,
            challenge=_challenge(visit, REGISTER, now),
            timeout=CHALLENGE_LIFE_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=await self._known(person_id),
        )
        return webauthn.options_to_json(options)

    async def register(self, visit: Visit, person_id: int, raw_answer: str, name: str, now: int) -> None:
        """Keep the passkey that an authenticator made for a person.

        Raises:
            PasskeyRefused: its answer is not good, or was given before, or there are too many.
        """
        answer = _parse_answer(raw_answer)
        challenge = _challenge_in(answer, visit, REGISTER, now)
        try:
            verified = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except Exception as error:
            raise PasskeyRefused("the authenticator's answer does not verify") from error
        passkey = Passkey(
            verified.credential_id,
            person_id,
            verified.credential_public_key,
            verified.sign_count,
            name.strip()[:MOST_NAME] or "—",
            now,
        )

        async def keep(transaction: OAuthTransaction) -> bool:
            if len(await transaction.passkeys_of(person_id)) >= MOST_PASSKEYS:
                return False
            return await _spend(transaction, challenge) and await transaction.add_passkey(passkey)

        if not await self.store.disclose(keep):
            raise PasskeyRefused("the answer was used before, or there are too many passkeys")

    async def list_of(self, person_id: int) -> list[Passkey]:
        """Return a person's passkeys."""
        async with self.store.reading() as transaction:
            return list(await transaction.passkeys_of(person_id))

    async def remove(self, person_id: int, credential_id: bytes) -> bool:
        """Remove a passkey of a person; False when there is no such one."""

        async def work(transaction: OAuthTransaction) -> bool:
            return await transaction.remove_passkey(credential_id, person_id)

        return await self.store.disclose(work)

    async def _known(self, person_id: int) -> list[PublicKeyCredentialDescriptor]:

        return [
            PublicKeyCredentialDescriptor(id=each.credential_id) for each in await self.list_of(person_id)
        ]


def _challenge(visit: Visit, ceremony: str, now: int) -> bytes:
    told = (now + CHALLENGE_LIFE_MS).to_bytes(_EXPIRY_BYTES) + random_bytes(_RANDOM_BYTES)
    return told + _mac(visit, ceremony, told)


def _mac(visit: Visit, ceremony: str, told: bytes) -> bytes:
    return hmac.digest(visit.derive(b"passkey " + ceremony.encode()), told, "sha256")


def _challenge_in(answer: dict[str, object], visit: Visit, ceremony: str, now: int) -> bytes:
    """Return the challenge that an answer names, if we made it for this session and ceremony. Rule 1."""
    response = answer.get("response")
    raw = response.get("clientDataJSON") if isinstance(response, dict) else None
    try:
        told = json.loads(_bytes_of(raw))
        challenge = _bytes_of(told.get("challenge"))
    except (ValueError, AttributeError, RecursionError) as error:
        raise PasskeyRefused("the answer names no challenge") from error
    message, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
    if len(message) != _EXPIRY_BYTES + _RANDOM_BYTES or not hmac.compare_digest(
        mac, _mac(visit, ceremony, message)
    ):
        raise PasskeyRefused("the challenge is not of this session")
    if int.from_bytes(message[:_EXPIRY_BYTES]) <= now:
        raise PasskeyRefused("the answer came too late")
    return challenge


async def _spend(transaction: OAuthTransaction, challenge: bytes) -> bool:
    """Tell whether this is the first use of a challenge. Rule 2."""
    expires_at = int.from_bytes(challenge[:_EXPIRY_BYTES])
    key = single_use_key("passkey", challenge, expires_at)
    return await transaction.count_attempt(key, expires_at) == 1


def _check_user(answer: dict[str, object], handle: bytes) -> None:
    """Check whose passkey an answer says it is, where it does (section 7.2 step 6)."""
    response = answer.get("response")
    told = response.get("userHandle") if isinstance(response, dict) else None
    if told is not None and _bytes_of(told) != handle:
        raise PasskeyRefused("the passkey is filed under somebody else")


def _parse_answer(raw: str) -> dict[str, object]:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise PasskeyRefused("the answer is not a JSON object")
    return answer


def _bytes_of(text: object) -> bytes:
    """Decode base64url, unpadded."""
    if not isinstance(text, str):
        raise PasskeyRefused("the answer lacks a part")
    try:
        return webauthn.base64url_to_bytes(text)
    except ValueError as error:
        raise PasskeyRefused("a part of the answer is not base64url") from error


def _user_handle(origin: str, person_id: int) -> bytes:
    """Return what an authenticator files a passkey under: no name, and the same for one person (14.6.1)."""
    return hashlib.sha256(f"bailment passkey\0{origin}\0{person_id}".encode()).digest()
