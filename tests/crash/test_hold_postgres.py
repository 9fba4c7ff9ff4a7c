"""A hold under full load, over PostgreSQL."""

from pathlib import Path

from tests.support.hold_under_load import hold_again_and_again


async def test_nothing_is_answered_after_a_hold_is_acknowledged(tmp_path: Path, postgres_url: str) -> None:
    """What is sent after the acknowledgement is refused; no disclosure stands after the "in effect" entry."""
    await hold_again_and_again(tmp_path, postgres_url, 3)
