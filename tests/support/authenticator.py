"""A passkey in software: what an authenticator answers, right or wrong as the test says."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from bailment.model.encoding import base64url
from bailment.seal.secret import random_bytes

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey at one site (WebAuthn Level 3 sections 6.1 and 6.5, attestation `none`)."""

    rp_id: str
    origin: str
    flags: int = PRESENT | VERIFIED
    count: int = 0
    user_handle: str = ""
    credential_id: bytes = field(default_factory=lambda: random_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    # What it gives as its public key, where that is not its own.
    cose_key: bytes | None = None

    def create(self, options: str, **client: object) -> str:
        """Answer `navigator.credentials.create`, as the form carries it."""
        self.user_handle = json.loads(options).get("user", {}).get("id", "")
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        key = cbor2.dumps(public) if self.cose_key is None else self.cose_key
        told = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + key
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | NEW) + told}
        return self._answer(
            clientDataJSON=base64url(self._client("webauthn.create", options, client)),
            attestationObject=base64url(cbor2.dumps(attested)),
        )

    def get(self, options: str, **client: object) -> str:
        """Answer `navigator.credentials.get`, as the form carries it."""
        data, said = self._data(self.flags), self._client("webauthn.get", options, client)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=base64url(said),
            authenticatorData=base64url(data),
            signature=base64url(signature),
            **({"userHandle": self.user_handle} if self.user_handle else {}),
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes((flags,)) + self.count.to_bytes(4)

    def _client(self, kind: str, options: str, changed: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return json.dumps({**said, **changed}).encode()

    def _answer(self, **response: str) -> str:
        credential = base64url(self.credential_id)
        return json.dumps({"id": credential, "rawId": credential, "type": "public-key", "response": response})
