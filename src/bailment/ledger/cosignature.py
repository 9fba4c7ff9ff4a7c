"""Cosignatures: a timestamped statement that a checkpoint is consistent with all seen before.

Two forms: Ed25519 (type 0x04), whose message does not name the cosigner, so that each cosigner
needs a key of its own; and ML-DSA-44 (type 0x06), whose message does, and leaves the extension
lines out. A log of ours signs its checkpoint with its plain Ed25519 key, which every reader of
tiles expects, and as an ML-DSA-44 cosigner, which outlasts a quantum computer.

Source: C2SP tlog-cosignature v1.1.0-rc.1; FIPS 204 for ML-DSA; RFC 8446 section 3 for the layout.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from bailment.ledger.checkpoint import Checkpoint, parse_checkpoint
from bailment.ledger.note import (
    COSIGNATURE_ED25519,
    COSIGNATURE_MLDSA44,
    ED25519,
    Ed25519Verifier,
    Note,
    Signature,
    Verifier,
    VerifierKey,
    check_ed25519,
    check_name,
    sign_ed25519,
)
from bailment.model.errors import Malformed

MAX_TIMESTAMP = (1 << 63) - 1
_TIMESTAMP_BYTES = 8
_LABEL = b"subtree/v1\n\x00"
_MAX_NAME_BYTES = 255


class Cosigner(Protocol):
    """Puts timestamped cosignatures of one key under checkpoints."""

    @property
    def key(self) -> VerifierKey:
        """The key that verifies them."""

    def cosign(self, text: str, now_s: int) -> Signature:
        """Cosign the text of a checkpoint as of `now_s`, in seconds since 1970."""


def ed25519_message(text: str, timestamp: int) -> bytes:
    """Return what an Ed25519 cosigner signs. Source: tlog-cosignature, "Ed25519 signed message"."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def subtree_message(name: str, timestamp: int, checkpoint: Checkpoint) -> bytes:
    """Return what an ML-DSA-44 cosigner signs for a checkpoint: the subtree from 0 to its size.

    Raises:
        Malformed: a name or origin above 255 bytes.

    Source: tlog-cosignature, "ML-DSA-44 signed message".
    """
    return b"".join(
        (
            _LABEL,
            _opaque(name),
            timestamp.to_bytes(8, "big"),
            _opaque(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _opaque(text: str) -> bytes:
    """Encode `opaque text<1..2^8-1>`. Source: RFC 8446 section 3.4."""
    raw = text.encode()
    if not 1 <= len(raw) <= _MAX_NAME_BYTES:
        raise Malformed("a cosigner's name or a log's origin is above 255 bytes")
    return bytes((len(raw),)) + raw


@dataclass(frozen=True, slots=True)
class Ed25519Cosigner:
    """Cosigns with Ed25519. The key must serve this one cosigner only."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> VerifierKey:
        """The key that verifies its cosignatures."""
        public = self.private.public_key().public_bytes_raw()
        return VerifierKey(check_name(self.name), COSIGNATURE_ED25519, public)

    def cosign(self, text: str, now_s: int) -> Signature:
        """Cosign the text of a checkpoint as of `now_s`."""
        return _stamped(self.key, now_s, self.private.sign(ed25519_message(text, now_s)))


@dataclass(frozen=True, slots=True)
class MLDSA44Cosigner:
    """Cosigns with ML-DSA-44."""

    name: str
    private: MLDSA44PrivateKey

    @property
    def key(self) -> VerifierKey:
        """The key that verifies its cosignatures."""
        public = self.private.public_key().public_bytes_raw()
        return VerifierKey(check_name(self.name), COSIGNATURE_MLDSA44, public)

    def cosign(self, text: str, now_s: int) -> Signature:
        """Cosign the text of a checkpoint as of `now_s`."""
        message = subtree_message(self.name, now_s, parse_checkpoint(text))
        return _stamped(self.key, now_s, self.private.sign(message))


def _stamped(key: VerifierKey, now_s: int, signature: bytes) -> Signature:
    """Lay out a `timestamped_signature`. Source: tlog-cosignature, "Format"."""
    return Signature(key.name, key.key_id, now_s.to_bytes(_TIMESTAMP_BYTES, "big") + signature)


def sign_as_log(
    checkpoint: Checkpoint, log_key: Ed25519PrivateKey, quantum_key: MLDSA44PrivateKey, now_s: int
) -> Note:
    """Sign a checkpoint as the log that it is of, with both of the log's keys.

    The caller must never sign a checkpoint that is not consistent with those signed before.

    Source: tlog-checkpoint, "Signatures"; tlog-tiles, "Checkpoints" (Ed25519 is a must there).
    """
    text = str(checkpoint)
    plain = sign_ed25519(text, checkpoint.origin, log_key)
    return Note(text, (plain, MLDSA44Cosigner(checkpoint.origin, quantum_key).cosign(text, now_s)))


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """Checks cosignatures of either type under the text of a checkpoint."""

    key: VerifierKey

    def check(self, text: str, payload: bytes) -> bool:
        """Say whether the payload is this key's cosignature under the checkpoint."""
        timestamp = timestamp_of(payload)
        if len(payload) <= _TIMESTAMP_BYTES or timestamp > MAX_TIMESTAMP:
            return False
        signature = payload[_TIMESTAMP_BYTES:]
        if self.key.type == COSIGNATURE_ED25519:
            return check_ed25519(self.key.public, ed25519_message(text, timestamp), signature)
        return _check_mldsa44(self.key, text, timestamp, signature)


def timestamp_of(payload: bytes) -> int:
    """Return the time of a cosignature, in seconds since 1970."""
    return int.from_bytes(payload[:_TIMESTAMP_BYTES], "big")


def _check_mldsa44(key: VerifierKey, text: str, timestamp: int, signature: bytes) -> bool:
    try:
        message = subtree_message(key.name, timestamp, parse_checkpoint(text))
        MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError, Malformed):
        return False
    return True


_VERIFIERS: dict[int, Callable[[VerifierKey], Verifier]] = {
    ED25519: Ed25519Verifier,
    COSIGNATURE_ED25519: CosignatureVerifier,
    COSIGNATURE_MLDSA44: CosignatureVerifier,
}


def verifier_for(key: VerifierKey) -> Verifier:
    """Return what checks the signatures of a key, by its type.

    Raises:
        Malformed: a type that is not known here.
    """
    try:
        return _VERIFIERS[key.type](key)
    except KeyError:
        raise Malformed("verifier key of an unknown type") from None
