"""The statements of the outbox and of the streams that read it.

An event is written in the transaction that makes it true. Its number gives the order in which streams read,
and a stream keeps only a cursor. So no event may come to stand behind a cursor later.

On SQLite one writer at a time numbers them. On PostgreSQL a transaction that began earlier may commit later:
its events carry its transaction id in front (`seq / 4096`), and readers see only those below the oldest
transaction that still runs. Whatever stands there is final: every transaction with such an id has ended.
"""

from collections.abc import Sequence

from bailment.model.oauth import PUSH_METHOD, OutboxEvent, Stream, StreamStatus
from bailment.store.statements import Statements

# A product on the right, not a quotient on the left, so that the index gives a range.
_FINAL = {
    "sqlite": "",
    "postgresql": """AND seq <
        CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) * 4096""",
}
_COLUMNS = "seq, event_id, integration_id, kind, grant_id, happened_at"
_AFTER = {
    dialect: f"""SELECT {_COLUMNS} FROM event
        WHERE integration_id = :integration_id AND seq > :seq {final} ORDER BY seq LIMIT :most"""
    for dialect, final in _FINAL.items()
}
_NEWEST = {
    dialect: f"SELECT seq FROM event WHERE seq > 0 {final} ORDER BY seq DESC LIMIT 1"
    for dialect, final in _FINAL.items()
}
_STREAM = """
SELECT id, client_id, integration_id, method, endpoint_url, authorization_header, events, status, description,
    cursor_seq, failures, retry_at, reason, acknowledged, notices, revision
FROM event_stream
"""
# One look into the index for each stream, so that streams with nothing to send cost little.
_DUE = {
    dialect: f"""{_STREAM} WHERE method = :method AND status = :status AND retry_at <= :now
        AND (notices <> '' OR EXISTS (SELECT 1 FROM event
            WHERE event.integration_id = event_stream.integration_id AND seq > cursor_seq {final}))
        AND EXISTS (SELECT 1 FROM oauth_client c WHERE c.id = event_stream.client_id AND c.removed_at IS NULL)
        ORDER BY id"""
    for dialect, final in _FINAL.items()
}


class EventStatements(Statements):
    """The outbox and the event streams, for `oauth.ports` and `partners.ports`."""

    async def add_event(self, kind: str, integration_id: str, grant_id: str, event_id: str, now: int) -> None:
        """Write an event that becomes true with this transaction; `grant_id` "" for the whole integration."""
        await self._run(
            """INSERT INTO event (event_id, integration_id, kind, grant_id, happened_at)
            VALUES (:event_id, :integration_id, :kind, :grant_id, :now)""",
            event_id=event_id,
            integration_id=integration_id,
            kind=kind,
            grant_id=grant_id,
            now=now,
        )

    async def events_after(self, integration_id: str, seq: int, most: int) -> Sequence[OutboxEvent]:
        """Return up to `most` events of an integration behind `seq`, in order, whose place is final."""
        rows = await self._connection.rows(
            _AFTER[self._connection.dialect], {"integration_id": integration_id, "seq": seq, "most": most}
        )
        return [OutboxEvent(*row) for row in rows]

    async def newest_event(self) -> int:
        """Return the last number whose place is final, where a new stream's cursor begins; 0 if none."""
        row = await self._one(_NEWEST[self._connection.dialect])
        return 0 if row is None else int(row[0])

    async def add_stream(self, stream: Stream) -> bool:
        """Insert a stream; False when the id is taken, or the client has a stream already."""
        return await self._run(
            """INSERT INTO event_stream (id, client_id, integration_id, method, endpoint_url,
                authorization_header, events, status, description, cursor_seq, failures, retry_at,
                reason, acknowledged, notices, revision)
            VALUES (:stream_id, :client_id, :integration_id, :method, :endpoint_url,
                :authorization, :events, :status, :description, :cursor, :failures, :retry_at,
                :reason, :acknowledged, :notices, :revision)
            ON CONFLICT DO NOTHING""",
            **stream._asdict(),
        )

    async def streams(self, client_id: str) -> Sequence[Stream]:
        """Return a client's streams, by id."""
        sql = f"{_STREAM} WHERE client_id = :client_id ORDER BY id"
        return [Stream(*row) for row in await self._connection.rows(sql, {"client_id": client_id})]

    async def push_streams(self, now: int) -> Sequence[Stream]:
        """Return the enabled push streams that may be tried now and have something to send, by id."""
        rows = await self._connection.rows(
            _DUE[self._connection.dialect],
            {"method": PUSH_METHOD, "status": StreamStatus.ENABLED.value, "now": now},
        )
        return [Stream(*row) for row in rows]

    async def replace_stream(self, stream: Stream) -> bool:
        """Write all of a stream but its id and its client, as the next revision of it.

        False when that client has no such stream, or when it is not at `stream.revision` any more: whoever
        lost the race reads it again.
        """
        return await self._run(
            """UPDATE event_stream SET integration_id = :integration_id, method = :method,
                endpoint_url = :endpoint_url, authorization_header = :authorization, events = :events,
                status = :status, description = :description, cursor_seq = :cursor, failures = :failures,
                retry_at = :retry_at, reason = :reason, acknowledged = :acknowledged, notices = :notices,
                revision = revision + 1
            WHERE id = :stream_id AND client_id = :client_id AND revision = :revision""",
            **stream._asdict(),
        )

    async def remove_stream(self, stream_id: str, client_id: str) -> bool:
        """Delete a stream; False when that client has no such stream."""
        return await self._run(
            "DELETE FROM event_stream WHERE id = :id AND client_id = :client_id",
            id=stream_id,
            client_id=client_id,
        )
