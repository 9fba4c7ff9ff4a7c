"""Brings a database to the newest schema; safe to run at every start and in several processes."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bailment.model.errors import Unavailable

# An arbitrary number that all our processes share, so that only one of them migrates at a time.
_MIGRATION_LOCK = 0x6261696C
_BUSY_MS = 60_000


def migrate(url: str) -> None:
    """Bring the database at `url` (sqlite:///PATH or postgresql://...) to the newest schema.

    Raises:
        Unavailable: the database cannot be reached or refuses.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    try:
        engine = sqlalchemy.create_engine(_sqlalchemy_url(url), poolclass=NullPool)
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})")
                connection.commit()
            else:
                _begin_on_sqlite(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except SQLAlchemyError as error:
        raise Unavailable(f"the database cannot be opened or migrated: {_cause(error)}") from error


def _begin_on_sqlite(connection: sqlalchemy.Connection) -> None:
    """Take the write lock for the whole migration.

    Python's `sqlite3` would begin no transaction before DDL by itself: two processes could create one
    table, and a crash would leave half a schema.
    """
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MS}")
    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    connection.commit()
    raw = connection.connection.driver_connection
    if raw is not None:
        raw.isolation_level = None
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _cause(error: SQLAlchemyError) -> str:
    """Say in one line what the database itself said; it names no row."""
    said = str(error.orig if isinstance(error, DBAPIError) else type(error).__name__)
    return said.partition("\n")[0]


def _sqlalchemy_url(url: str) -> str:
    """Name the driver that we ship for PostgreSQL."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
