"""The statements of a partner's end: what is still alive of it, wipe orders, notices, the last disclosure.

What is alive is counted kind by kind, and closed kind by kind, from one table: nothing can be counted that
cannot be closed (builds and holdings by statements of their own). Orders and notices are written for a
limited number of grants at a time, because a long transaction makes every disclosure wait on SQLite, and
every change on PostgreSQL.
"""

from collections.abc import Mapping, Sequence

from bailment.model.winddown import Idle, Kept, LastEntry, Notice, OpenBuild, Wipe, WipeCounts
from bailment.store.statements import Statements

_MINE = "(SELECT id FROM integration WHERE partner_id = :partner_id)"
# Removed clients too: what hangs on one must not outlive it.
_CLIENTS = f"(SELECT id FROM oauth_client WHERE integration_id IN {_MINE})"
_GRANTS = f"(SELECT id FROM grants WHERE integration_id IN {_MINE})"
_DEVICES = f"""(SELECT d.id FROM device d JOIN grants g ON g.id = d.grant_id
    WHERE g.integration_id IN {_MINE})"""
_OF_GRANTS = f"(client_id IN {_CLIENTS} OR grant_id IN {_GRANTS})"
_STREAMS = f"(integration_id IN {_MINE} OR client_id IN {_CLIENTS})"

# Kind: how many are alive. A token is alive if the pipeline would take it, whatever the rules then say.
_ALIVE: Mapping[str, str] = {
    "access tokens": f"""SELECT COUNT(*) FROM token t JOIN device d ON d.id = t.device_id
        JOIN grants g ON g.id = d.grant_id WHERE g.integration_id IN {_MINE}
        AND t.revoked_at IS NULL AND t.expires_at > :now AND t.epoch = g.epoch AND d.removed_at IS NULL""",
    "refresh tokens": f"""SELECT COUNT(*) FROM refresh_token t JOIN grants g ON g.id = t.grant_id
        WHERE (t.client_id IN {_CLIENTS} OR g.integration_id IN {_MINE})
        AND t.used_at IS NULL AND t.expires_at > :now AND t.epoch = g.epoch""",
    "authorization codes": f"""SELECT COUNT(*) FROM authorization_code
        WHERE {_OF_GRANTS} AND used_at IS NULL AND expires_at > :now""",
    "enrolment codes": f"""SELECT COUNT(*) FROM grants WHERE integration_id IN {_MINE}
        AND code_hash IS NOT NULL AND code_expires_at > :now""",
    "device requests": f"""SELECT COUNT(*) FROM device_request WHERE client_id IN {_CLIENTS}
        AND state IN ('pending', 'approved') AND expires_at > :now""",
    "pushed requests": f"""SELECT COUNT(*) FROM pushed_request
        WHERE client_id IN {_CLIENTS} AND expires_at > :now""",
    "interactions": f"""SELECT COUNT(*) FROM interaction
        WHERE client_id IN {_CLIENTS} AND expires_at > :now""",
    "registration tickets": f"""SELECT COUNT(*) FROM registration_ticket
        WHERE integration_id IN {_MINE} AND expires_at > :now""",
    "clients": f"SELECT COUNT(*) FROM oauth_client WHERE integration_id IN {_MINE} AND removed_at IS NULL",
    "client tokens": f"""SELECT COUNT(*) FROM client_token
        WHERE client_id IN {_CLIENTS} AND revoked_at IS NULL AND expires_at > :now""",
    "event streams": f"SELECT COUNT(*) FROM event_stream WHERE {_STREAMS} AND status <> 'disabled'",
    "builds": f"SELECT COUNT(*) FROM build WHERE integration_id IN {_MINE} AND state = 'approved'",
    "grants": f"SELECT COUNT(*) FROM grants WHERE integration_id IN {_MINE} AND withdrawn_at IS NULL",
    "holdings without a wipe order": f"""SELECT COUNT(*) FROM holding h WHERE h.device_id IN {_DEVICES}
        AND EXISTS (SELECT 1 FROM holding_slot s WHERE s.holding_id = h.id AND s.mask <> 0)
        AND NOT EXISTS (SELECT 1 FROM wipe w WHERE w.device_id = h.device_id)""",
}
# The epoch ends every token under the grants in one statement, those that no index finds too.
_CLOSE: tuple[str, ...] = (
    f"""UPDATE grants SET epoch = epoch + 1, withdrawn_at = COALESCE(withdrawn_at, :now), code_hash = NULL
        WHERE integration_id IN {_MINE}""",
    f"DELETE FROM refresh_token WHERE {_OF_GRANTS}",
    f"DELETE FROM authorization_code WHERE {_OF_GRANTS}",
    f"DELETE FROM device_request WHERE client_id IN {_CLIENTS}",
    f"DELETE FROM pushed_request WHERE client_id IN {_CLIENTS}",
    f"DELETE FROM interaction WHERE client_id IN {_CLIENTS}",
    f"DELETE FROM registration_ticket WHERE integration_id IN {_MINE}",
    f"DELETE FROM client_token WHERE client_id IN {_CLIENTS}",
    f"""UPDATE event_stream SET status = 'disabled', reason = 'the agreement has ended',
        revision = revision + 1 WHERE {_STREAMS} AND status <> 'disabled'""",
    f"""UPDATE oauth_client SET removed_at = :now
        WHERE integration_id IN {_MINE} AND removed_at IS NULL""",
)

_CHUNK = f"""FROM grants g JOIN device d ON d.grant_id = g.id
    WHERE g.integration_id IN {_MINE} AND g.id > :after AND g.id <= :last"""
_ORDER = f"""INSERT INTO wipe (id, partner_id, version, device_id, person_id, jkt, ordered_at, due_at)
    SELECT 'wipe-' || CAST(:version AS TEXT) || '-' || d.id, :partner_id, :version, d.id, g.person_id, d.jkt,
        :now, :due_at {_CHUNK} ON CONFLICT (id) DO NOTHING"""
_NOTICE = "INSERT INTO notice (person_id, partner_id, version, sent_at)"
_UNLESS_SENT = "ON CONFLICT (person_id, partner_id, version) DO NOTHING"
_TELL_USERS = f"""{_NOTICE} SELECT DISTINCT g.person_id, i.partner_id, :version, :now
    FROM grants g JOIN integration i ON i.id = g.integration_id
    WHERE i.partner_id = :partner_id AND g.id > :after AND g.id <= :last AND g.withdrawn_at IS NULL
    {_UNLESS_SENT}"""
# Whoever a device holds something of is concerned, not its user alone.
_TELL_HELD = f"""{_NOTICE} SELECT DISTINCT s.person_id, i.partner_id, :version, :now
    FROM grants g JOIN integration i ON i.id = g.integration_id JOIN device d ON d.grant_id = g.id
    JOIN holding h ON h.device_id = d.id JOIN holding_slot s ON s.holding_id = h.id
    WHERE i.partner_id = :partner_id AND g.id > :after AND g.id <= :last AND s.mask <> 0
    {_UNLESS_SENT}"""
_WIPE = """SELECT w.id, w.partner_id, w.version, w.device_id, w.person_id, w.jkt, w.ordered_at, w.due_at,
    w.told_at, w.acknowledged_at FROM wipe w"""
# Under a later agreement the same device is welcome again, and told of no older order.
_OPEN_WIPE = f"""{_WIPE} JOIN partner r ON r.id = w.partner_id AND r.agreement_version = w.version
    WHERE w.acknowledged_at IS NULL"""

# The bytes of an entry are in one canonical order, so that a disclosure's partner stands at a fixed place.
_SERVED_TO = """substr(raw, 1, length(:head)) = :head
    AND (substr(raw, :at, length(:mark_a)) = :mark_a OR substr(raw, :at, length(:mark_b)) = :mark_b
        OR substr(raw, :at, length(:mark_c)) = :mark_c)"""
_LAST = {
    "sqlite": f"SELECT seq - 1, raw FROM entry WHERE {_SERVED_TO} ORDER BY seq DESC LIMIT 1",
    "postgresql": f"""SELECT p.place, e.raw FROM entry e LEFT JOIN entry_place p ON p.seq = e.seq
        WHERE {_SERVED_TO} ORDER BY e.xid DESC, e.seq DESC LIMIT 1""",
}


class WinddownStatements(Statements):
    """Satisfies the wind-down's part of `partners.ports.ProgrammeTransaction` on one connection."""

    async def alive(self, partner_id: str, now: int) -> Mapping[str, int]:
        """Return, by kind, how many things of a partner still work."""
        wanted = {"partner_id": partner_id, "now": now}
        return {kind: (await self._connection.rows(sql, wanted))[0][0] for kind, sql in _ALIVE.items()}

    async def close_all(self, partner_id: str, now: int) -> None:
        """End everything of a partner that `alive` counts, but builds and holdings.

        A build's approval is withdrawn in clear, and a holding gets a wipe order.
        """
        for sql in _CLOSE:
            await self._connection.run(sql, {"partner_id": partner_id, "now": now})

    async def withdraw_builds(self, partner_id: str) -> None:
        """Withdraw the approval of all of a partner's builds: the caller records each."""
        sql = f"UPDATE build SET state = 'withdrawn' WHERE integration_id IN {_MINE} AND state = 'approved'"
        await self._connection.run(sql, {"partner_id": partner_id})

    async def open_builds(self, partner_id: str) -> Sequence[OpenBuild]:
        """Return a partner's approved builds, by digest."""
        rows = await self._connection.rows(
            f"""SELECT digest, integration_id, version FROM build
            WHERE integration_id IN {_MINE} AND state = 'approved' ORDER BY digest""",
            {"partner_id": partner_id},
        )
        return [OpenBuild(*row) for row in rows]

    async def grants_behind(self, partner_id: str, after: str, most: int) -> Sequence[str]:
        """Return the ids of up to `most` grants of a partner behind `after`, in order, withdrawn ones too."""
        rows = await self._connection.rows(
            f"""SELECT id FROM grants WHERE integration_id IN {_MINE} AND id > :after
            ORDER BY id LIMIT :most""",
            {"partner_id": partner_id, "after": after, "most": most},
        )
        return [row[0] for row in rows]

    async def order_wipes(
        self, partner_id: str, version: int, after: str, last: str, now: int, due_at: int
    ) -> int:
        """Order the devices under grants behind `after` up to `last` to be wiped; return how many are new."""
        wanted = {"after": after, "last": last, "now": now, "due_at": due_at}
        return await self._connection.run(_ORDER, {"partner_id": partner_id, "version": version, **wanted})

    async def send_notices(self, partner_id: str, version: int, after: str, last: str, now: int) -> int:
        """Note a notice to everyone whom grants behind `after` up to `last` concern; return how many."""
        wanted = {
            "partner_id": partner_id,
            "version": version,
            "after": after,
            "last": last,
            "now": now,
        }
        return sum([await self._connection.run(sql, wanted) for sql in (_TELL_USERS, _TELL_HELD)])

    async def notices_of(self, person_id: int) -> Sequence[Notice]:
        """Return the notices to one person about agreements that no later version has replaced."""
        rows = await self._connection.rows(
            """SELECT r.name, a.closes_at, n.sent_at FROM notice n JOIN partner r ON r.id = n.partner_id
            JOIN agreement a ON a.partner_id = r.id AND a.version = n.version
            WHERE n.person_id = :person_id AND a.version = r.agreement_version AND a.closes_at IS NOT NULL
            ORDER BY n.sent_at DESC, r.id""",
            {"person_id": person_id},
        )
        return [Notice(*row) for row in rows]

    async def open_wipe(self, token_hash: bytes, jkt: str) -> Wipe | None:
        """Return the open order to the device that has this token, or else this key; None without one."""
        row = await self._one(
            f"""{_OPEN_WIPE} AND w.jkt = :jkt AND w.device_id = (
                SELECT t.device_id FROM token t WHERE t.hash = :token_hash)""",
            token_hash=token_hash,
            jkt=jkt,
        )
        if row is None and jkt:
            row = await self._one(f"{_OPEN_WIPE} AND w.jkt = :jkt ORDER BY w.ordered_at LIMIT 1", jkt=jkt)
        return None if row is None else Wipe(*row)

    async def wipe(self, order_id: str, token_hash: bytes, jkt: str) -> Wipe | None:
        """Return an order if it is to the device with this key, or with this token that no key binds."""
        row = await self._one(
            f"""{_WIPE} WHERE w.id = :id AND w.jkt = :jkt AND (w.jkt <> '' OR w.device_id = (
                SELECT t.device_id FROM token t WHERE t.hash = :token_hash))""",
            id=order_id,
            jkt=jkt,
            token_hash=token_hash,
        )
        return None if row is None else Wipe(*row)

    async def tell_wipe(self, order_id: str, now: int) -> bool:
        """Note that a device was told of its order; False when that was noted before."""
        return await self._run(
            "UPDATE wipe SET told_at = :now WHERE id = :id AND told_at IS NULL", now=now, id=order_id
        )

    async def acknowledge_wipe(self, order_id: str, now: int) -> bool:
        """Note that a device has wiped what it held; False when that was noted before."""
        return await self._run(
            """UPDATE wipe SET acknowledged_at = :now, told_at = COALESCE(told_at, :now)
            WHERE id = :id AND acknowledged_at IS NULL""",
            now=now,
            id=order_id,
        )

    async def wipe_counts(self, partner_id: str, version: int) -> WipeCounts:
        """Count a wind-down's wipe orders by how far they have come."""
        row = await self._one(
            """SELECT COUNT(*), COUNT(acknowledged_at), COUNT(told_at) - COUNT(acknowledged_at)
            FROM wipe WHERE partner_id = :partner_id AND version = :version""",
            partner_id=partner_id,
            version=version,
        )
        return WipeCounts(*(row or ()))

    async def kept(self, partner_id: str, version: int, now: int) -> Kept:
        """Count what there is of a partner now, and the notices about the end of this agreement."""
        row = await self._one(
            f"""SELECT ({_ALIVE["grants"]}),
                (SELECT COUNT(*) FROM device WHERE removed_at IS NULL AND id IN {_DEVICES}),
                ({_ALIVE["access tokens"]}),
                (SELECT COUNT(*) FROM notice WHERE partner_id = :partner_id AND version = :version)""",
            partner_id=partner_id,
            version=version,
            now=now,
        )
        return Kept(*(row or ()))

    async def last_served(self, head: bytes, marks: tuple[bytes, bytes, bytes], at: int) -> LastEntry | None:
        """Return the last entry that begins with `head` and has one of `marks` at byte `at` (from 1)."""
        row = await self._one(_LAST[self._connection.dialect], **_served_to(head, marks, at))
        return None if row is None else LastEntry(*row)

    async def count_served(self, head: bytes, marks: tuple[bytes, bytes, bytes], at: int) -> int:
        """Count all such entries; it reads every entry there is."""
        row = await self._one(f"SELECT COUNT(*) FROM entry WHERE {_SERVED_TO}", **_served_to(head, marks, at))
        return 0 if row is None else int(row[0])

    async def idle_devices(self, before: int) -> Sequence[Idle]:
        """Count, by partner, the devices under open grants, and those not used since `before`."""
        rows = await self._connection.rows(
            """SELECT i.partner_id, COUNT(*), SUM(CASE WHEN d.seen_at <= :before THEN 1 ELSE 0 END), r.exempt
            FROM device d JOIN grants g ON g.id = d.grant_id JOIN integration i ON i.id = g.integration_id
            JOIN partner r ON r.id = i.partner_id
            WHERE d.removed_at IS NULL AND g.withdrawn_at IS NULL
            GROUP BY i.partner_id, r.exempt ORDER BY i.partner_id""",
            {"before": before},
        )
        return [Idle(*row) for row in rows]


def _served_to(head: bytes, marks: tuple[bytes, bytes, bytes], at: int) -> dict[str, object]:
    return {"head": head, "at": at, "mark_a": marks[0], "mark_b": marks[1], "mark_c": marks[2]}
