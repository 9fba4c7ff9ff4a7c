"""The only place where the time of day is read; everything below takes `now` as an argument."""

import time


def now_ms() -> int:
    """Return the Unix time in milliseconds, UTC."""
    return time.time_ns() // 1_000_000
