"""Counting what can be tried, per subject and hour: the key of a row that goes when its hour is over."""

import hashlib

from bailment.model.encoding import HOUR_MS, expiry_hour


def attempt_key(use: str, subject: str, now: int) -> tuple[bytes, int]:
    """Return (key, end) under which tries at `subject` in the hour of `now` are counted.

    The key hides the subject from who reads the table, as far as the subject cannot be guessed.
    """
    expires_at = (now // HOUR_MS + 1) * HOUR_MS
    digest = hashlib.sha256(f"{use}\0{now // HOUR_MS}\0{subject}".encode()).digest()
    return expiry_hour(expires_at) + digest, expires_at


def single_use_key(use: str, subject: bytes, expires_at: int) -> bytes:
    """Return the key of something that may be used once until `expires_at`: the first use counts 1."""
    return expiry_hour(expires_at) + hashlib.sha256(use.encode() + b"\0" + subject).digest()
