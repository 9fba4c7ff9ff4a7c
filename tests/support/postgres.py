"""PostgreSQL for tests: a server for the session, a fresh database for each test.

A reachable server named by `BAILMENT_TEST_POSTGRES` (the URL of a database whose role may create others) is
taken first, else a private one is started. Where none is to be had a test skips and says why; under
continuous integration (`CI` is set) it fails, so that half the contract suite cannot go missing unseen.

With pytest-xdist each worker has a private server of its own. Transaction ids and snapshots span all
databases of a server, so a transaction held open by one worker's test would delay the grace periods of
another's.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.support.private_postgres import OLDEST_MAJOR, NoServerError, private_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a database on a server where databases may be created."""
    given = os.environ.get("BAILMENT_TEST_POSTGRES", "")
    if given and _is_usable(given):
        yield given
        return
    try:
        with private_server() as url:
            yield url
    except NoServerError as missing:
        _go_without(str(missing))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Give the URL of an empty database, dropped after the test with whatever is still connected to it."""
    with new_database(postgres_server) as url:
        yield url


@contextlib.contextmanager
def new_database(postgres_server: str) -> Iterator[str]:
    """Give the URL of an empty database, dropped at the end with whatever is still connected to it."""
    name = f"bailment_test_{secrets.token_hex(8)}"
    _execute(postgres_server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlsplit(postgres_server)._replace(path=f"/{name}").geturl()
    _execute(postgres_server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_usable(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.info.server_version >= OLDEST_MAJOR * 10_000
    except psycopg.OperationalError:
        return False


def _execute(url: str, statement: sql.Composed) -> None:
    # Neither statement may run inside a transaction.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _go_without(reason: str) -> None:
    """Skip the test, or fail it under continuous integration."""
    if os.environ.get("CI"):
        pytest.fail(f"PostgreSQL is required under CI: {reason}", pytrace=False)
    pytest.skip(f"PostgreSQL tests need a server: {reason}")
