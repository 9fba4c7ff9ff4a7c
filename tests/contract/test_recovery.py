"""What a crash between the steps of a change leaves on PostgreSQL, and who mends it."""

from pathlib import Path

import pytest

from bailment.partners import holds
from bailment.store import postgres
from tests.support.world import NOW, open_world


class Killed(Exception):
    """Stands for a process that ends here."""


async def test_a_change_that_was_done_and_not_acknowledged_is_completed_at_the_next_start(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hold binds at once; its "in effect" entry is written, once, by whoever opens the store next."""

    async def killed(*_: object) -> None:
        raise Killed

    async with open_world(tmp_path, postgres_url) as world:
        await world.partner()
        with monkeypatch.context() as patch:
            patch.setattr(postgres, "_say_in_effect", killed)
            with pytest.raises(Killed):
                await holds.place_hold(world.store, "lumen", "a test", NOW)
        assert (await world.kinds())[-1] == "hold.placed"
    for _ in range(2):
        async with open_world(tmp_path, postgres_url) as world:
            assert (await world.kinds())[-2:] == ["hold.placed", "in-effect"]
            assert await world.flaws() == []
