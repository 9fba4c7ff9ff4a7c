"""From a witness's answers to their wire form, and nothing else.

Source: C2SP tlog-witness v1.0.0, "add-checkpoint".
"""

from dataclasses import dataclass

from bailment.ledger.witness import Answer, Outcome

PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Wire:
    """A status, a content type and a body."""

    status: int
    content_type: str
    body: bytes


_REFUSALS = {
    Outcome.MALFORMED: Wire(400, PLAIN, b"not an add-checkpoint request\n"),
    Outcome.UNTRUSTED: Wire(403, PLAIN, b"no valid signature by a key known for this log\n"),
    Outcome.UNKNOWN_LOG: Wire(404, PLAIN, b"this witness does not know the log\n"),
    Outcome.INCONSISTENT: Wire(422, PLAIN, b"not shown to extend the last checkpoint\n"),
}
NO_CHECKPOINT = Wire(404, PLAIN, b"no checkpoint was cosigned for this log\n")
TOO_LARGE = Wire(413, PLAIN, b"request above 64 KiB\n")
UNAVAILABLE = Wire(503, PLAIN, b"the witness cannot keep checkpoints at the moment\n")


def encode_answer(answer: Answer) -> Wire:
    """Return the wire form of an answer to add-checkpoint."""
    if answer.outcome is Outcome.COSIGNED:
        lines = "".join(f"{line}\n" for line in answer.cosignatures)
        return Wire(200, PLAIN, lines.encode())
    if answer.outcome is Outcome.STALE:
        return Wire(409, SIZE, f"{answer.size}\n".encode())
    return _REFUSALS[answer.outcome]


def encode_checkpoint(note: bytes | None) -> Wire:
    """Return the wire form of a stored checkpoint."""
    return NO_CHECKPOINT if note is None else Wire(200, PLAIN, note)
