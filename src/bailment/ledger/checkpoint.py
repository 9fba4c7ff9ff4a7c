"""Checkpoints: the text of a signed note that says how large a log is and what its root is.

Source: C2SP tlog-checkpoint v1.0.0.
"""

import base64
import re
from dataclasses import dataclass

from bailment.ledger.note import decode_base64
from bailment.ledger.tree import EMPTY_ROOT, HASH_BYTES
from bailment.model.errors import Malformed

MAX_SIZE = (1 << 63) - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: `root` is the RFC 6962 root of its first `size` entries."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Format as the text of a note, with its last newline."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))


def parse_checkpoint(text: str) -> Checkpoint:
    """Parse the text of a note as a checkpoint.

    Raises:
        Malformed: not a checkpoint.

    Source: tlog-checkpoint, "Note text".
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or "" in lines:
        raise Malformed("not a checkpoint")
    origin, size, encoded, *extensions = lines
    root = decode_base64(encoded)
    if len(root) != HASH_BYTES:
        raise Malformed("a checkpoint's root is not 32 bytes")
    return Checkpoint(origin, parse_decimal(size), root, tuple(extensions))


def is_sound(checkpoint: Checkpoint) -> bool:
    """Say whether an empty log has the empty root. Source: tlog-witness, "add-checkpoint"."""
    return checkpoint.size > 0 or checkpoint.root == EMPTY_ROOT


def parse_decimal(text: str) -> int:
    """Parse an ASCII decimal without leading zeros, up to 2^63 - 1.

    Raises:
        Malformed: anything else.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise Malformed("not a size")
    return int(text)
