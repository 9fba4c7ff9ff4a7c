"""What a platform would build by itself: FastAPI, SQLAlchemy, PostgreSQL.

With row-level security and an audit table, and written as a good team would: async psycopg, a pool, prepared
statements, one query for the friends that lets each friend's setting speak in SQL and returns only the agreed
columns, their JSON passed through undecoded (`msgspec.Raw`), a raw response. The token is looked up by its
hash; the session's user is set for the row-level policies; the audit row (who read which friends, through
which partner) is committed before the answer leaves. It has no proof of possession, no tamper evidence, no
holding and no reasons: it is the usual thing, not the same thing.
"""

import contextlib
import functools
import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Annotated, Any

import msgspec
import psycopg
from fastapi import FastAPI, Header, HTTPException, Response
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bailment.model.fields import FIELDS
from bailment.model.people import JsonValue, PersonRecord

_TABLES = """
CREATE TABLE profile (id BIGINT PRIMARY KEY, share_mask BIGINT NOT NULL, {columns});
CREATE TABLE friend (
    person_id BIGINT, friend_id BIGINT, since TEXT NOT NULL, PRIMARY KEY (person_id, friend_id)
);
CREATE TABLE partner_app (id TEXT PRIMARY KEY, field_mask BIGINT NOT NULL, active BOOLEAN NOT NULL);
CREATE TABLE bearer (
    hash BYTEA PRIMARY KEY, app_id TEXT NOT NULL, person_id BIGINT NOT NULL, expires_at TIMESTAMPTZ
);
CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now(),
    app_id TEXT NOT NULL, person_id BIGINT NOT NULL, route TEXT NOT NULL, friends BIGINT[] NOT NULL
);
CREATE ROLE usual LOGIN;
GRANT SELECT ON profile, friend, partner_app, bearer TO usual;
GRANT INSERT ON audit TO usual;
ALTER TABLE friend ENABLE ROW LEVEL SECURITY;
ALTER TABLE profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_friends ON friend USING (person_id = (SELECT current_setting('app.person_id')::BIGINT));
CREATE POLICY friends_profiles ON profile USING (EXISTS (
    SELECT 1 FROM friend f
    WHERE f.person_id = (SELECT current_setting('app.person_id')::BIGINT) AND f.friend_id = profile.id
));
"""
_SESSION = text(
    """SELECT a.id, a.field_mask, set_config('app.person_id', b.person_id::TEXT, true) FROM bearer b
    JOIN partner_app a ON a.id = b.app_id WHERE b.hash = :hash AND b.expires_at > now() AND a.active"""
)
_FRIENDS = """SELECT f.friend_id, f.since, {columns} FROM friend f JOIN profile p ON p.id = f.friend_id
    WHERE f.person_id = current_setting('app.person_id')::BIGINT AND p.share_mask & {mask} <> 0
    ORDER BY f.since DESC, f.friend_id"""
_SHARED = "CASE WHEN p.share_mask & {mask} <> 0 THEN p.{name}::TEXT END AS {name}"
_AUDIT = text(
    """INSERT INTO audit (app_id, person_id, route, friends)
    VALUES (:app, current_setting('app.person_id')::BIGINT, 'friends', :friends)"""
)


@contextlib.asynccontextmanager
async def build_usual(url: str) -> AsyncIterator[FastAPI]:
    """Give the application over the database at `url`."""
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=16,
        connect_args={"prepare_threshold": 2, "options": "-c jit=off -c random_page_cost=1.1"},
    )
    application = FastAPI()
    _add_routes(application, engine)
    try:
        yield application
    finally:
        await engine.dispose()


def _add_routes(application: FastAPI, engine: AsyncEngine) -> None:
    @application.get("/friends")
    async def friends(authorization: Annotated[str, Header()]) -> Response:
        digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
        async with engine.begin() as connection:
            session = (await connection.execute(_SESSION, {"hash": digest})).first()
            if session is None:
                raise HTTPException(401)
            statement, names = _friends_statement(session.field_mask)
            rows = (await connection.execute(statement)).all()
            await connection.execute(_AUDIT, {"app": session.id, "friends": [row[0] for row in rows]})
        shown = [_shown(row, names) for row in rows]
        return Response(msgspec.json.encode({"friends": shown}), media_type="application/json")


@functools.cache
def _friends_statement(mask: int) -> tuple[TextClause, tuple[str, ...]]:
    """Return the query that selects the fields of an agreement, and their names."""
    fields = [field for field in FIELDS if field.mask & mask]
    columns = ", ".join(_SHARED.format(mask=field.mask, name=field.name) for field in fields)
    return text(_FRIENDS.format(columns=columns, mask=mask)), tuple(field.name for field in fields)


def _shown(row: Sequence[Any], names: tuple[str, ...]) -> dict[str, object]:
    shown: dict[str, object] = {"since": row[1], "id": str(row[0])}
    for name, value in zip(names, row[2:], strict=True):
        if value is not None:
            shown[name] = msgspec.Raw(value)
    return shown


def fill_usual(
    url: str,
    persons: Iterable[PersonRecord],
    friends: Iterable[tuple[int, int, str]],
    bearers: Iterable[tuple[bytes, int]],
    field_mask: int,
) -> None:
    """Make tables and role, and fill them; `friends` both ways, `bearers` as (token hash, person)."""
    names = [field.name for field in FIELDS]
    with psycopg.connect(url) as connection:
        tables = _TABLES.format(columns=", ".join(f"{name} JSONB" for name in names))
        connection.execute(tables.encode())
        connection.execute("INSERT INTO partner_app VALUES ('lumen-hub', %s, true)", (field_mask,))
        cursor = connection.cursor()
        with cursor.copy("COPY profile FROM STDIN") as copy:
            for person in persons:
                values = [_json(person.values[name]) if name in person.values else None for name in names]
                copy.write_row((person.person_id, person.setting, *values))
        with cursor.copy("COPY friend FROM STDIN") as copy:
            for row in friends:
                copy.write_row(row)
        cursor.executemany(
            "INSERT INTO bearer VALUES (%s, 'lumen-hub', %s, now() + interval '1 day')", list(bearers)
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _json(value: JsonValue) -> str:
    return msgspec.json.encode(value).decode()
