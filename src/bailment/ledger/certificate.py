"""Certificates of the end of an agreement: what they say, how they are signed, and how anyone checks one.

A certificate is a signed note: a heading, one line of JSON with sorted keys, and two signatures of the
ledger: plain Ed25519, and ML-DSA-44, which outlasts a quantum computer. The second line of a checkpoint is a
number, so that no certificate is ever taken for a checkpoint, nor the reverse.

The check is offline. It takes the ledger's verifier keys and shows, step by step:

1. one of these keys signed the certificate, and none of them spoils it
2. the checkpoint inside is signed by one of these keys too
3. the last disclosure stands in the ledger at the index that the certificate names
4. that entry is a disclosure to this partner, of that minute, under an agreement no newer than the ended one
5. by its own account, the certificate was issued when the bytes of all answers had left or were cut: not
   before `out_by`, which is not before that minute. Certificates of before this was waited for do not say it

It does not show that no later disclosure exists: that is told by the ledger itself, see `audit`. Nor that the
servers cut what they say they cut: that is the platform's word.

Source: C2SP signed-note v1.0.0 (signature type 0xff is for types with an identifier of their own); FIPS 204.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from bailment.ledger import cbor
from bailment.ledger.checkpoint import parse_checkpoint
from bailment.ledger.cosignature import verifier_for
from bailment.ledger.entry import disclosure_template, parse_entry
from bailment.ledger.note import (
    COSIGNATURE_MLDSA44,
    Note,
    Signature,
    Verifier,
    VerifierKey,
    decode_base64,
    parse_note,
    sign_ed25519,
    verify_note,
)
from bailment.ledger.tree import leaf_hash, verify_inclusion
from bailment.model.errors import Malformed, Tampered
from bailment.model.programme import CUSTODIES

HEADING = "bailment wind-down certificate v1"
_IDENTIFIED = 0xFF
_IDENTIFIER = b"bailment/wind-down-certificate/ml-dsa-44\n"
_LABEL = b"bailment/wind-down-certificate/v1\n\x00"
# Where the members stand that come after the minute of a disclosure, counted from 1 as SQL does.
MARK_AT = 73

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate whose signatures and proof hold; `statement` is what it says."""

    statement: Json
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _QuantumVerifier:
    """Checks the ML-DSA-44 signature under a certificate by the key that the ledger publishes."""

    published: VerifierKey

    @property
    def key(self) -> VerifierKey:
        """The key under which such a signature stands: not that of cosignatures, which sign another thing."""
        return _quantum_key(self.published.name, self.published.public)

    def check(self, text: str, payload: bytes) -> bool:
        """Say whether the payload is this key's signature under the text."""
        try:
            MLDSA44PublicKey.from_public_bytes(self.published.public).verify(payload, _message(text))
        except (InvalidSignature, ValueError):
            return False
        return True


def _quantum_key(name: str, public: bytes) -> VerifierKey:
    return VerifierKey(name, _IDENTIFIED, _IDENTIFIER + public)


def _message(text: str) -> bytes:
    return _LABEL + text.encode()


def sign_certificate(
    statement: Json, name: str, plain: Ed25519PrivateKey, quantum: MLDSA44PrivateKey
) -> bytes:
    """Return the bytes of the certificate that makes a statement, signed by the ledger called `name`."""
    line = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    text = f"{HEADING}\n{line}\n"
    key = _quantum_key(name, quantum.public_key().public_bytes_raw())
    lasting = Signature(name, key.key_id, quantum.sign(_message(text)))
    return bytes(Note(text, (sign_ed25519(text, name, plain), lasting)))


def check_certificate(raw: bytes, keys: Sequence[VerifierKey]) -> Checked:
    """Check a certificate; the numbers are the steps of the module.

    Raises:
        Malformed: it is no certificate.
        Tampered: a signature, the proof or the last entry does not hold.
    """
    note = parse_note(raw)
    verifiers: list[Verifier] = [
        _QuantumVerifier(key) if key.type == COSIGNATURE_MLDSA44 else verifier_for(key) for key in keys
    ]
    signed = verify_note(note, verifiers)  # 1
    statement = _statement(note.text)
    last = statement["last_disclosure"]
    if last is not None:
        _check_last(statement, last, keys)
    return Checked(statement, tuple(_kind(key) for key in signed))


def _kind(key: VerifierKey) -> str:
    return f"{key.name} ({'ML-DSA-44' if key.type == _IDENTIFIED else 'Ed25519'})"


def _statement(text: str) -> Json:
    heading, _, line = text.partition("\n")
    try:
        statement = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Malformed("not a wind-down certificate") from error
    wanted = {"partner", "agreement", "last_disclosure", "checkpoint"}
    if heading != HEADING or not isinstance(statement, dict) or not wanted <= statement.keys():
        raise Malformed("not a wind-down certificate")
    return statement


def _check_last(statement: Json, last: Json, keys: Sequence[VerifierKey]) -> None:
    try:
        checkpoint_note = parse_note(str(statement["checkpoint"]).encode())
        entry, proof = decode_base64(last["entry"]), [decode_base64(each) for each in last["proof"]]
        index, minute = int(last["index"]), int(last["minute"])
        partner, version = str(statement["partner"]), int(statement["agreement"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("a wind-down certificate without its proof") from error
    verify_note(checkpoint_note, [verifier_for(key) for key in keys])  # 2
    checkpoint = parse_checkpoint(checkpoint_note.text)
    verify_inclusion(index, checkpoint.size, leaf_hash(entry), proof, checkpoint.root)  # 3
    fields = parse_entry(entry).fields
    newest = fields.get("agreement")
    if (fields.get("partner"), fields.get("minute")) != (partner, minute):  # 4
        raise Tampered("the last entry is not a disclosure to this partner in that minute")
    if not isinstance(newest, int) or newest > version:
        raise Tampered("the last entry is not a disclosure under the agreement that ended")
    _check_out(statement, last, minute)  # 5


def _check_out(statement: Json, last: Json, minute: int) -> None:
    if "out_by" not in last:
        return
    try:
        gone_at, issued_at = int(last["out_by"]), int(statement["issued_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("a wind-down certificate without its instants") from error
    if not minute * 60_000 <= gone_at <= issued_at:
        raise Tampered("the certificate was issued while answers may have been on their way")


def last_disclosure(index: int, entry: bytes, proof: Sequence[bytes], out_by: int) -> Json:
    """Return the part of a statement that names the last disclosure, with the proof that it stands there.

    `out_by` (Unix ms) is when the bytes of every answer had left or were cut.
    """
    fields = parse_entry(entry).fields
    return {
        "index": index,
        "minute": fields["minute"],
        "out_by": out_by,
        "entry": base64.b64encode(entry).decode(),
        "proof": [base64.b64encode(each).decode() for each in proof],
    }


def marks_of(partner_id: str) -> tuple[bytes, tuple[bytes, bytes, bytes]]:
    """Return how the bytes of every disclosure to a partner begin, and what stands in them at `MARK_AT`.

    The second are one for each custody. The order of an entry's keys is canonical, so nothing else has both.
    """
    build = bytes(32)
    head = disclosure_template({**_ANY, "build": build}).head
    marks = [b"".join(map(cbor.encode, ("custody", custody, "partner", partner_id))) for custody in CUSTODIES]
    return head[: head.index(build)], (marks[0], marks[1], marks[2])


_ANY: Mapping[str, cbor.Value] = {
    "partner": "",
    "agreement": 1,
    "integration": "",
    "build_evidence": "",
    "purpose": "",
    "custody": "",
}
