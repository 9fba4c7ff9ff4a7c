"""A database of the first release goes on: what a person had consented to is what they consent to now."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config

from bailment.model.programme import Consent, parse_consents
from bailment.store import migrate as migration
from tests.support.world import NOW, open_store

GRANT = """INSERT INTO grants (id, person_id, integration_id, country, purpose, self_mask, friend_mask, until,
    withdrawn_at, code_hash, code_expires_at) VALUES """
FIRST_RELEASE = (
    "INSERT INTO partner (id, name, country, owner_countries) VALUES ('lumen', 'Lumen', 'DE', '')",
    "INSERT INTO integration (id, partner_id, name) VALUES ('lumen-hub', 'lumen', 'Lumen Hub')",
    f"{GRANT} ('g1', 1, 'lumen-hub', 'DE', 'address-book', 3, 1, {NOW}, NULL, NULL, 0)",
    f"{GRANT} ('g2', 1, 'lumen-hub', 'FR', 'photos', 1, 0, {NOW + 1}, {NOW}, NULL, 0)",
    f"{GRANT} ('g3', 1, 'lumen-hub', 'FR', 'photos', 0, 0, {NOW + 1}, NULL, NULL, 0)",
    "INSERT INTO device (id, grant_id, jkt, enrolled_at) VALUES ('d1', 'g1', 'key', 5)",
)


def first_release(url: str) -> None:
    """Make a database as the first release left it, with grants in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).with_name("migrations")))
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST_RELEASE:
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


async def test_a_grant_of_the_first_release_becomes_a_consent(store_url: str, tmp_path: Path) -> None:
    """Its purpose and its fields stand as they did, with its device; what allowed nothing allows nothing."""
    url = store_url or f"sqlite:///{tmp_path / 'bailment.db'}"
    first_release(url)
    migration.migrate(url)
    migration.migrate(url)
    store = await open_store(tmp_path, store_url)
    async with store.reading() as transaction:
        grant = await transaction.grant("g1")
        withdrawn = await transaction.grant("g2")
        nothing = await transaction.grant("g3")
    await store.close()
    assert grant is not None
    assert parse_consents(grant.consents) == (Consent("address-book", 3, 1),)
    assert (grant.until, grant.epoch, grant.client_id, grant.device_name) == (NOW, 0, "", "")
    assert (grant.build, grant.commitment, grant.device_id, grant.device_jkt) == (None, None, "d1", "key")
    assert withdrawn is not None
    assert parse_consents(withdrawn.consents) == (Consent("photos", 1, 0),)
    assert withdrawn.withdrawn_at == NOW
    assert nothing is not None
    assert parse_consents(nothing.consents) == ()
