"""What a disclosure answers: a value for each outcome, never an exception for a refusal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Disclosed:
    """An answer that was recorded and may leave.

    `receipt` is the 32-byte commitment by which its entry is found in the ledger. `body` is JSON.
    """

    body: bytes
    etag: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class NotModified:
    """The caller holds this already; recorded as a disclosure too."""

    etag: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing to show: the same whether the person does not exist, is no friend, or lets nothing through."""

    receipt: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal about the partner: which rule, and how to mend it."""

    rule: str
    remedy: str
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """The token, or where `proof` says so the proof, is not good; only the replay mark was recorded."""

    reason: str
    proof: bool = False


@dataclass(frozen=True, slots=True)
class StaleSync:
    """The sync token is not one of this device's: read the whole list again."""


Answer = Disclosed | NotModified | Absent | Refused | Unauthorized | StaleSync
