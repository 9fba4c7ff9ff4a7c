"""The comparison itself: a server that does the one wrong thing is found out."""

from pathlib import Path

import pytest

from tests.support.crash_rounds import kill_again_and_again

# What every Python runs when it starts; here, the killed server.
_ANSWERS_BEFORE_IT_COMMITS = """
import asyncio
from bailment.model.errors import BailmentError
from bailment.store import sqlite
from bailment.store.transaction import Transaction


async def run_batch(self, batch):
    await self._begin(self._writer)
    transaction = Transaction(sqlite._SqliteConnection(self._writer))
    for work, future, _ in batch:
        try:
            future.set_result(await work(transaction))
        except BailmentError as error:
            future.set_exception(error)
    await transaction.flush()
    await asyncio.sleep(0.02)
    await self._in_thread(self._writer.commit)


sqlite.SqliteStore._run_batch = run_batch
"""


async def test_a_server_that_answers_before_it_commits_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kill leaves answers without an entry, and proofs that are good a second time."""
    (tmp_path / "sitecustomize.py").write_text(_ANSWERS_BEFORE_IT_COMMITS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(AssertionError, match=r"an answer was given without an entry|a proof was taken twice"):
        await kill_again_and_again(tmp_path, "", 20, seed=5)
