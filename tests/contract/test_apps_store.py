"""Apps and the opening on both databases."""

import asyncio

from bailment.model.oauth import APP_METHOD, AppRow, Client
from tests.support.world import BUILD, NOW, World


def client(client_id: str) -> Client:
    """Return an app's client."""
    names = ("lumen-hub", "Tusk", APP_METHOD, "")
    return Client(client_id, *names, ("a:/b",), (), bearer=True, registration_key=None, registered_at=NOW)


async def add(world: World, client_id: str, unused_until: int | None) -> AppRow:
    """Insert an app."""
    row = AppRow(client_id, bytes(32), "read write", "", unused_until)

    async def work(transaction: object) -> None:
        await transaction.add_client(client(client_id))  # type: ignore[attr-defined] # the whole transaction
        await transaction.add_app(row)  # type: ignore[attr-defined] # likewise

    await world.store.disclose(work)
    return row


async def test_an_app_is_kept_as_it_was_written(world: World) -> None:
    """Every other client has nothing beside it."""
    row = await add(world, "app_1", NOW)
    async with world.store.reading() as transaction:
        assert await transaction.app("app_1") == row
        assert await transaction.app("other") is None


async def test_a_sweep_takes_what_is_late_and_unused(world: World) -> None:
    """One that was put to use stays for good, and so does one that has time left."""
    for client_id, until in (("app_1", NOW), ("app_2", NOW + 1), ("app_3", NOW)):
        await add(world, client_id, until)
    assert await world.store.disclose(lambda transaction: transaction.keep_app("app_3"))
    assert not await world.store.disclose(lambda transaction: transaction.keep_app("app_4"))
    assert await world.store.disclose(lambda transaction: transaction.sweep_apps(NOW)) == 1
    async with world.store.reading() as transaction:
        left = [each for each in ("app_1", "app_2", "app_3") if await transaction.client(each)]
        assert left == ["app_2", "app_3"]
        assert await transaction.app("app_1") is None


async def test_at_most_one_integration_is_open(world: World) -> None:
    """Of two at the same moment one fails."""
    await world.partner()
    won = await asyncio.gather(
        *[
            world.store.disclose(
                lambda transaction: transaction.open_integration("lumen-hub", BUILD, "status")
            )
            for _ in "ab"
        ]
    )
    assert sorted(won) == [False, True]
    async with world.store.reading() as transaction:
        assert await transaction.opening() == ("lumen-hub", BUILD, "status", "approved")
    assert not await world.store.disclose(lambda transaction: transaction.close_integration("other"))
    assert await world.store.disclose(lambda transaction: transaction.close_integration("lumen-hub"))
    async with world.store.reading() as transaction:
        assert await transaction.opening() is None
