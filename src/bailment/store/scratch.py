"""A schema of its own in somebody's PostgreSQL database, dropped at the end: what a sandbox works in."""

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import quote

import psycopg
from psycopg import sql

from bailment.model.errors import Unavailable


@contextlib.asynccontextmanager
async def scratch_schema(url: str, name: str) -> AsyncIterator[str]:
    """Create the schema `name` and give a URL whose connections work in it alone.

    Raises:
        Unavailable: the server cannot be reached, or does not let us make a schema.
    """
    try:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as raw:
            await raw.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
            try:
                yield f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={name}')}"
            finally:
                await raw.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise Unavailable(f"no scratch schema can be made there: {type(error).__name__}") from error
