"""What a platform would build by itself: FastAPI, SQLAlchemy, PostgreSQL with row-level security and an audit table.

Written as a good team would: async psycopg, a pool, prepared statements, one query for the friends with
their settings, profiles as one JSON document a person, decoded and encoded by msgspec, a raw response. The
token is looked up by its hash; the session's user is set for the row-level policy; the audit row (who read
which friends, through which partner) is committed before the answer leaves. It has no proof of possession,
no tamper evidence, no holding and no reasons: it is the usual thing, not the same thing.
"""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Iterable
from typing import Annotated

import msgspec
import psycopg
from fastapi import FastAPI, Header, HTTPException, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bailment.model.fields import FIELDS

_TABLES = """
CREATE TABLE profile (id BIGINT PRIMARY KEY, fields JSONB NOT NULL, share_mask BIGINT NOT NULL);
CREATE TABLE friend (person_id BIGINT, friend_id BIGINT, since TEXT NOT NULL, PRIMARY KEY (person_id, friend_id));
CREATE TABLE partner_app (id TEXT PRIMARY KEY, field_mask BIGINT NOT NULL, active BOOLEAN NOT NULL);
CREATE TABLE bearer (hash BYTEA PRIMARY KEY, app_id TEXT NOT NULL, person_id BIGINT NOT NULL, expires_at TIMESTAMPTZ);
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
CREATE POLICY friends_profiles ON profile USING (id IN (
    SELECT friend_id FROM friend WHERE person_id = (SELECT current_setting('app.person_id')::BIGINT)
));
"""
_SESSION = text(
    """SELECT a.id, a.field_mask, set_config('app.person_id', b.person_id::TEXT, true) FROM bearer b
    JOIN partner_app a ON a.id = b.app_id WHERE b.hash = :hash AND b.expires_at > now() AND a.active"""
)
_FRIENDS = text(
    """SELECT f.friend_id, f.since, p.share_mask, p.fields FROM friend f JOIN profile p ON p.id = f.friend_id
    WHERE f.person_id = current_setting('app.person_id')::BIGINT ORDER BY f.since DESC, f.friend_id"""
)
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
        # JSON documents go from the driver to msgspec as they are.
        connect_args={"prepare_threshold": 2, "options": "-c jit=off -c random_page_cost=1.1"},
        json_deserializer=msgspec.json.decode,
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
            rows = (await connection.execute(_FRIENDS)).all()
            allowed = [(row, int(row.share_mask) & int(session.field_mask)) for row in rows]
            shown = [
                {"since": row.since, "id": str(row.friend_id), **_filtered(row.fields, mask)}
                for row, mask in allowed
                if mask
            ]
            audited = {"app": session.id, "friends": [row.friend_id for row, mask in allowed if mask]}
            await connection.execute(_AUDIT, audited)
        return Response(msgspec.json.encode({"friends": shown}), media_type="application/json")


_NAMES: dict[int, tuple[str, ...]] = {}


def _filtered(fields: dict[str, object], mask: int) -> dict[str, object]:
    """Keep the fields of a mask; most friends share a few masks, so their names are kept."""
    names = _NAMES.get(mask)
    if names is None:
        names = _NAMES[mask] = tuple(field.name for field in FIELDS if field.mask & mask)
    return {name: fields[name] for name in names if name in fields}


def fill_usual(
    url: str,
    profiles: Iterable[tuple[int, str, int]],
    friends: Iterable[tuple[int, int, str]],
    bearers: Iterable[tuple[bytes, int]],
    field_mask: int,
) -> None:
    """Make tables and role, and fill them: (id, JSON, mask), (person, friend, since), (token hash, person)."""
    with psycopg.connect(url) as connection:
        connection.execute(_TABLES)
        connection.execute("INSERT INTO partner_app VALUES ('lumen-hub', %s, true)", (field_mask,))
        cursor = connection.cursor()
        for statement, rows in (
            ("COPY profile FROM STDIN", profiles),
            ("COPY friend FROM STDIN", friends),
        ):
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        cursor.executemany(
            "INSERT INTO bearer VALUES (%s, 'lumen-hub', %s, now() + interval '1 day')", list(bearers)
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
