"""A database of the release before the partner programme goes on: holds hold, dates and devices are set."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config

from bailment.clock import now_ms
from bailment.model.programme import Terms
from bailment.model.standing import YEAR_MS
from bailment.partners.dossiers import DossierKind
from bailment.partners.holds import lift_hold
from bailment.store import migrate as migration
from tests.support.world import DAY_MS, NOW, open_store

LAST = 2**63 - 1
_AGREEMENT = """INSERT INTO agreement (partner_id, version, state, self_mask, friend_mask, purposes,
    partner_countries, device_countries, custody, starts_at, ends_at) VALUES """
_PARTNER = "INSERT INTO partner (id, name, country, owner_countries, agreement_version, held_at) VALUES "
_GRANT = (
    "INSERT INTO grants (id, person_id, integration_id, country, consents, until, code_expires_at) VALUES "
)
_DEVICE = "INSERT INTO device (id, grant_id, jkt, enrolled_at) VALUES "
BEFORE = (
    f"{_PARTNER} ('lumen', 'Lumen', 'DE', 'DE SE', 2, {NOW - DAY_MS})",
    f"{_PARTNER} ('orbit', 'Orbit', 'FR', '', 1, NULL)",
    f"{_PARTNER} ('quill', 'Quill', 'FR', '', NULL, NULL)",
    f"{_AGREEMENT} ('lumen', 1, 'ended', 1, 1, 'photos', 'DE', 'DE', 'device', 5, {NOW})",
    f"{_AGREEMENT} ('lumen', 2, 'in force', 3, 1, 'photos', 'DE', 'DE', 'device', {NOW}, {NOW + DAY_MS})",
    f"{_AGREEMENT} ('orbit', 1, 'in force', 3, 1, 'photos', 'FR', 'FR', 'device', {LAST - 1}, {LAST})",
    "INSERT INTO integration (id, partner_id, name) VALUES ('lumen-hub', 'lumen', 'Lumen Hub')",
    f"{_GRANT} ('g1', 1, 'lumen-hub', 'DE', 'photos/3/1', {NOW}, 0)",
    f"{_DEVICE} ('d1', 'g1', 'key', {NOW - 7})",
)


def engine_of(url: str) -> sqlalchemy.Engine:
    """Return a plain way to the database."""
    return sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def asked(url: str, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of a query."""
    engine = engine_of(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(sql)]
    engine.dispose()
    return rows


def release_before(url: str) -> None:
    """Make a database as the release before left it, with rows in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).with_name("migrations")))
    engine = engine_of(url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in BEFORE:
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


async def test_a_database_of_the_release_before_goes_on(store_url: str, tmp_path: Path) -> None:
    """Twice migrated is once migrated, and every fact stands as it did or as the year's rule says."""
    url = store_url or f"sqlite:///{tmp_path / 'bailment.db'}"
    release_before(url)
    before = now_ms()
    migration.migrate(url)
    migration.migrate(url)
    # A device counts as used at the upgrade: nobody kept anything earlier, and so not all are idle at once.
    ((seen_at,),) = asked(url, "SELECT seen_at FROM device")
    assert before // 1000 <= int(str(seen_at)) // 1000 <= now_ms() // 1000
    store = await open_store(tmp_path, store_url)
    try:
        async with store.reading() as transaction:
            rows = {row.partner_id: row for row in await transaction.partners()}
            holds = await transaction.holds_of("lumen")
            assert await transaction.holds_of("orbit") == []
            first, second = [await transaction.agreement_terms("lumen", each) for each in (1, 2)]
        assert [(hold.cause, hold.placed_at) for hold in holds] == [("operator", NOW - DAY_MS)]
        lumen, orbit, quill = rows["lumen"], rows["orbit"], rows["quill"]
        assert (lumen.held_at, lumen.certify_by, lumen.agreement_version) == (NOW - DAY_MS, NOW + YEAR_MS, 2)
        assert (orbit.certify_by, orbit.agreement_state) == (LAST, "in force")
        assert (quill.certify_by, quill.agreement_version, quill.agreement_state) == (0, 0, None)
        for row in rows.values():
            assert (row.group_id, row.certified, row.exempt, row.limited) == ("", "", "", 0)
            assert (row.no_grants_at, row.no_tokens_at, row.read_only_at, row.closes_at) == (None,) * 4
        assert isinstance(first, Terms)
        assert isinstance(second, Terms)
        assert (second.self_mask, second.retention_days, second.uses) == (3, 0, ())
        # The hold from before is lifted as any other is.
        await lift_hold(store, "lumen", NOW)
        async with store.reading() as transaction:
            after = await transaction.partner("lumen")
        assert after is not None
        assert after.held_at is None
    finally:
        await store.close()


async def test_keys_of_dossiers_are_compared_by_code_point(store_url: str, tmp_path: Path) -> None:
    """Whatever collation the database has: a range of keys is what begins with a prefix."""
    store = await open_store(tmp_path, store_url)
    kind = DossierKind("a-kind", str)
    try:
        for key in ("B/1", "a/1", "b/1", "ä/1", "a/10", "a-1", "a"):
            await store.disclose(lambda it, key=key: kind.put(it, key, key))  # type: ignore[misc] # bound as a default
        async with store.reading() as transaction:
            assert [each.key for each in await kind.all(transaction)] == sorted(
                ("B/1", "a/1", "b/1", "ä/1", "a/10", "a-1", "a")
            )
            assert [each.key for each in await kind.all(transaction, "a/")] == ["a/1", "a/10"]
    finally:
        await store.close()
