"""A witness: cosigns the checkpoints of a log as long as each extends the last one.

The decision is pure; the state is behind `WitnessStore`, whose one operation checks and persists
atomically. So of two requests that race, the second sees what the first stored, and a cosignature
is never given for a checkpoint that is not durable.

Source: C2SP tlog-witness v1.0.0, "add-checkpoint" and "Monitor Retrieval Mechanism".
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bailment.ledger.checkpoint import Checkpoint, is_sound, parse_checkpoint, parse_decimal
from bailment.ledger.cosignature import Cosigner, verifier_for
from bailment.ledger.note import (
    Note,
    Signature,
    VerifierKey,
    decode_base64,
    parse_note,
    verify_note,
)
from bailment.ledger.tree import HASH_BYTES, verify_consistency
from bailment.model.errors import Malformed, Tampered

MAX_PROOF_HASHES = 63
MAX_REQUEST_BYTES = 64 * 1024


class Outcome(Enum):
    """What becomes of a request to cosign."""

    COSIGNED = "cosigned"
    MALFORMED = "malformed"
    UNTRUSTED = "untrusted"
    UNKNOWN_LOG = "unknown-log"
    STALE = "stale"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome; with cosignatures if cosigned, with the size last cosigned if stale."""

    outcome: Outcome
    cosignatures: tuple[Signature, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size that the client believes to be the last, a proof, and a note."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


Step = Callable[[bytes | None], tuple[bytes | None, Answer]]
"""From the stored note to the one to store (None: keep it) and the answer."""


class WitnessStore(Protocol):
    """Where a witness keeps, for each origin, the last note that it cosigned.

    `exchange` runs a step on the stored note while no other step runs for that origin, in this
    process or another, and returns the step's answer only after what it stored is durable. After
    a crash the note is the old one or the new one, whole. It raises `Unavailable` if the disk
    fails, and then the answer must not be given.
    """

    def exchange(self, origin: str, step: Step) -> Answer:
        """Run a step on the stored note of an origin, atomically and durably."""

    def latest(self, origin_hash: str) -> bytes | None:
        """Return the stored note by the SHA-256 of its origin in lower-case hex, if there is one.

        Any text may be asked for: what is not such a hash has no note.
        """


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness with its keys, the logs that it knows (by origin) and its store."""

    cosigners: Sequence[Cosigner]
    logs: Mapping[str, Sequence[VerifierKey]]
    store: WitnessStore

    def add_checkpoint(self, raw: bytes, now_s: int) -> Answer:
        """Cosign a checkpoint, or say why not.

        Raises:
            Unavailable: the store cannot keep it; nothing was cosigned.
            Tampered: what is stored is not a checkpoint; nothing was cosigned.

        Source: tlog-witness, "add-checkpoint".
        """
        try:
            request = parse_add_checkpoint(raw)
        except Malformed:
            return Answer(Outcome.MALFORMED)
        keys = self.logs.get(request.checkpoint.origin)
        if keys is None:
            return Answer(Outcome.UNKNOWN_LOG)
        try:
            verify_note(request.note, [verifier_for(key) for key in keys])
        except Tampered:
            return Answer(Outcome.UNTRUSTED)
        if request.old_size > request.checkpoint.size:
            return Answer(Outcome.MALFORMED)
        # The cosignatures of others are dropped: what we serve is what we verified.
        known = {(key.name, key.key_id) for key in keys}
        signed = tuple(line for line in request.note.signatures if (line.name, line.key_id) in known)
        note = Note(request.note.text, signed)
        return self.store.exchange(
            request.checkpoint.origin,
            lambda stored: self._decide(request, note, stored, now_s),
        )

    def _decide(
        self, request: AddCheckpoint, note: Note, stored: bytes | None, now_s: int
    ) -> tuple[bytes | None, Answer]:
        """Decide under the store's lock: the note to store, if any, and the answer."""
        last = None if stored is None else _parse_stored(stored)
        if request.old_size != (last.size if last else 0):
            return None, Answer(Outcome.STALE, size=last.size if last else 0)
        if not is_consistent(request, last):
            return None, Answer(Outcome.INCONSISTENT)
        lines = tuple(cosigner.cosign(note.text, now_s) for cosigner in self.cosigners)
        return bytes(note.with_signatures(lines)), Answer(Outcome.COSIGNED, lines)


def _parse_stored(stored: bytes) -> Checkpoint:
    """Parse our own state; if it is damaged nothing may be cosigned until someone has looked."""
    try:
        return parse_checkpoint(parse_note(stored).text)
    except Malformed as error:
        raise Tampered("the stored checkpoint of the witness is damaged") from error


def is_consistent(request: AddCheckpoint, last: Checkpoint | None) -> bool:
    """Say whether a checkpoint extends the last one cosigned, whose size is the request's old size.

    Source: tlog-witness, "add-checkpoint", the conditions for 422; RFC 6962 section 2.1.2.
    """
    checkpoint = request.checkpoint
    if not is_sound(checkpoint):
        return False
    if last is None or last.size == 0:
        # Any tree extends the empty one; there is nothing to prove.
        return not request.proof
    try:
        verify_consistency(last.size, checkpoint.size, last.root, checkpoint.root, request.proof)
    except Tampered:
        return False
    return True


def parse_add_checkpoint(raw: bytes) -> AddCheckpoint:
    """Parse the body of an add-checkpoint request; its note is not verified.

    Raises:
        Malformed: not in the format, or above 64 KiB.

    Source: tlog-witness, "add-checkpoint".
    """
    if len(raw) > MAX_REQUEST_BYTES:
        raise Malformed("request above 64 KiB")
    head, blank, body = raw.partition(b"\n\n")
    try:
        old, *proof = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Malformed("not an add-checkpoint request") from error
    if not blank or not old.startswith("old "):
        raise Malformed("not an add-checkpoint request")
    hashes = tuple(decode_base64(line) for line in proof)
    if len(hashes) > MAX_PROOF_HASHES or any(len(item) != HASH_BYTES for item in hashes):
        raise Malformed("a hash of the proof is not 32 bytes, or there are too many")
    note = parse_note(body)
    size = parse_decimal(old.removeprefix("old "))
    return AddCheckpoint(size, hashes, note, parse_checkpoint(note.text))


def format_add_checkpoint(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """Format the body of an add-checkpoint request, for the log that asks."""
    lines = [f"old {old_size}", *(b64encode(item).decode() for item in proof), "", ""]
    return "\n".join(lines).encode() + note


def parse_cosignatures(raw: bytes) -> tuple[Signature, ...]:
    """Parse the body of a witness's answer; the client keeps those of keys that it knows.

    Raises:
        Malformed: not one or more signature lines.
    """
    return parse_note(b"\n\n" + raw).signatures
