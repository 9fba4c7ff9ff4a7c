"""Ledger proofs: one file that shows, offline, that an entry is in a witnessed ledger.

The file holds the entry's index, its inclusion proof and the signed checkpoint; not the entry.
The extra data is not authenticated by anything and must not be believed by itself.

Source: C2SP tlog-proof v1.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from bailment.ledger.checkpoint import parse_decimal
from bailment.ledger.note import MAX_NOTE_BYTES, decode_base64
from bailment.ledger.policy import Endorsed, Policy
from bailment.ledger.tree import HASH_BYTES, verify_inclusion
from bailment.model.errors import Malformed

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
MAX_PROOF_BYTES = MAX_NOTE_BYTES + 128 * 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof with the checkpoint that it leads to; `extra` is never to be trusted."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __bytes__(self) -> bytes:
        """Format as the content of a `.tlog-proof` file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(item).decode() for item in self.hashes]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint


def parse_proof(raw: bytes) -> Proof:
    """Parse a `.tlog-proof` file; its checkpoint stays unverified bytes.

    Raises:
        Malformed: not in the format.

    Source: tlog-proof, "Format".
    """
    if len(raw) > MAX_PROOF_BYTES:
        raise Malformed("proof too large")
    head, blank, checkpoint = raw.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("not a ledger proof") from error
    if not blank or lines.pop(0) != HEADER:
        raise Malformed("not a ledger proof")
    extra = _extra(lines)
    return Proof(_index(lines), _hashes(lines), checkpoint, extra)


def verify_proof(proof: Proof, leaf: bytes, policy: Policy, *, every_key: bool = False) -> Endorsed:
    """Check that a leaf hash stands at the proof's index of a ledger that the policy accepts.

    Raises:
        Malformed: the proof's checkpoint is none.
        Tampered: the policy does not accept the checkpoint, or the proof does not lead to it.

    Source: tlog-proof, "Verifying a tlog proof"; the numbers are its steps (1 is the caller's).
    """
    endorsed = policy.endorse(proof.checkpoint, every_key=every_key)  # 2, 3
    checkpoint = endorsed.checkpoint
    verify_inclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root)  # 4
    return endorsed


def _extra(lines: list[str]) -> bytes | None:
    """Take the optional line of extra data off the front."""
    if lines and lines[0].startswith("extra "):
        return decode_base64(lines.pop(0).removeprefix("extra "))
    return None


def _index(lines: list[str]) -> int:
    """Take the index line off the front."""
    if not lines or not lines[0].startswith("index "):
        raise Malformed("ledger proof without an index")
    return parse_decimal(lines.pop(0).removeprefix("index "))


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Parse the remaining lines as hashes."""
    hashes = tuple(decode_base64(line) for line in lines)
    if len(hashes) > MAX_HASHES or any(len(item) != HASH_BYTES for item in hashes):
        raise Malformed("a hash of the ledger proof is not 32 bytes, or there are too many")
    return hashes
