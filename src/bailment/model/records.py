"""Rows that the ledger's upkeep and the answers read: entries in order, the ledger's state, held slots."""

from typing import NamedTuple


class LedgerState(NamedTuple):
    """How far the ledger is integrated: tree size, the last entry's (xid, seq), the signed checkpoint."""

    size: int
    cursor_xid: str
    cursor_seq: int
    checkpoint: bytes


class ReadyEntry(NamedTuple):
    """A committed entry whose place can no longer change."""

    xid: str
    seq: int
    raw: bytes


class StoredEntry(NamedTuple):
    """An entry with its sealed opening, where it has one."""

    raw: bytes
    commitment: bytes | None
    person_id: int | None
    sealed: bytes | None


class PlacedEntry(NamedTuple):
    """An entry at its index in the ledger, with its sealed opening, where it has one."""

    place: int
    raw: bytes
    commitment: bytes | None
    person_id: int | None
    sealed: bytes | None


class HeldSlot(NamedTuple):
    """One device's holding of one person, with the disclosure that made its root current.

    `own_device` is 1 when the device is the person's own, `bound` is 1 when its tokens are bound to a key
    that it proved; the device itself is not named.
    """

    partner_id: str
    partner_name: str
    custody: str
    holding_id: bytes
    capacity: int
    root: bytes
    commitment: bytes
    slot: int
    mask: int
    digest: bytes
    leaf: bytes
    since_at: int
    own_device: int
    bound: int
