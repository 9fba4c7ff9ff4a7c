"""A loaded server over SQLite, killed at random moments."""

from pathlib import Path

import pytest

from tests.support.crash_rounds import kill_again_and_again


async def test_no_answer_without_an_entry_and_no_entry_without_a_request(tmp_path: Path) -> None:
    """Ten kills: answers and entries agree in both directions, and no replay mark or change is lost."""
    rounds = await kill_again_and_again(tmp_path, "", 10, seed=1)
    assert len(rounds.received) > 200


@pytest.mark.torture
async def test_two_hundred_kills(tmp_path: Path) -> None:
    """Two hundred kills of one deployment leave every account right."""
    await kill_again_and_again(tmp_path, "", 200, seed=2)
