"""The statements of people who sign in: sessions, accounts, passkeys, attempts, and what their pages show."""

from collections.abc import Mapping, Sequence

from bailment.model.encoding import HOUR_BYTES, expiry_hour
from bailment.model.oauth import Account, Passkey, Session
from bailment.store.statements import Statements

_PASSKEY = "SELECT credential_id, person_id, public_key, sign_count, name, added_at FROM passkey"
# An import writes every friendship from both sides. CROSS JOIN keeps SQLite at this order of loops, which
# costs what the person's friends and their grants do, whatever the size of the platform.
_PARTNERS_OF_FRIENDS = """
SELECT r.id, r.name, COUNT(*)
FROM friendship f CROSS JOIN grants g CROSS JOIN device d CROSS JOIN integration i CROSS JOIN partner r
WHERE f.person_id = :person_id AND f.import_id <= (SELECT visible_import FROM platform)
    AND g.person_id = f.friend_id AND g.withdrawn_at IS NULL
    AND d.grant_id = g.id AND d.removed_at IS NULL
    AND i.id = g.integration_id AND r.id = i.partner_id
GROUP BY r.id, r.name ORDER BY r.name, r.id
"""


class AccountStatements(Statements):
    """Sessions, accounts, passkeys and attempts, for `oauth.ports`."""

    async def add_session(self, session: Session) -> None:
        """Insert a browser session."""
        await self._run(
            """INSERT INTO browser_session (key, person_id, signed_in_at, expires_at)
            VALUES (:key, :person_id, :signed_in_at, :expires_at)""",
            **session._asdict(),
        )

    async def session(self, key: bytes, now: int) -> Session | None:
        """Return a browser session that has not expired."""
        row = await self._one(
            """SELECT key, person_id, signed_in_at, expires_at FROM browser_session
            WHERE key = :key AND expires_at > :now""",
            key=key,
            now=now,
        )
        return None if row is None else Session(*row)

    async def end_session(self, key: bytes) -> bool:
        """Delete a session; False when there is none."""
        return await self._run("DELETE FROM browser_session WHERE key = :key", key=key)

    async def end_sessions_of(self, person_id: int, but: bytes) -> None:
        """Delete all sessions of a person but the one with this key."""
        await self._connection.run(
            "DELETE FROM browser_session WHERE person_id = :person_id AND key <> :but",
            {"person_id": person_id, "but": but},
        )

    async def put_account(self, account: Account) -> None:
        """Insert a person's account, or replace it; a Conflict when the login is another person's."""
        row = account._asdict()
        if not await self._run(
            "UPDATE account SET login = :login, phc = :phc WHERE person_id = :person_id", **row
        ):
            await self._run(
                "INSERT INTO account (login, person_id, phc) VALUES (:login, :person_id, :phc)", **row
            )

    async def renew_account(self, account: Account, phc: str) -> bool:
        """Change an account's PHC string; False when it is not this account any more.

        The row stays locked until the transaction ends, whether or not the string is another.
        """
        return await self._run(
            """UPDATE account SET phc = :new_phc
            WHERE login = :login AND person_id = :person_id AND phc = :phc""",
            new_phc=phc,
            **account._asdict(),
        )

    async def account(self, login: str) -> Account | None:
        """Return the account with this login."""
        row = await self._one("SELECT login, person_id, phc FROM account WHERE login = :login", login=login)
        return None if row is None else Account(*row)

    async def account_of(self, person_id: int) -> Account | None:
        """Return a person's account."""
        row = await self._one("SELECT login, person_id, phc FROM account WHERE person_id = :id", id=person_id)
        return None if row is None else Account(*row)

    async def add_passkey(self, passkey: Passkey) -> bool:
        """Insert a passkey; False when its credential is known, whosever it is."""
        return await self._run(
            """INSERT INTO passkey (credential_id, person_id, public_key, sign_count, name, added_at)
            VALUES (:credential_id, :person_id, :public_key, :sign_count, :name, :added_at)
            ON CONFLICT DO NOTHING""",
            **passkey._asdict(),
        )

    async def passkey(self, credential_id: bytes) -> Passkey | None:
        """Return a passkey."""
        row = await self._one(f"{_PASSKEY} WHERE credential_id = :id", id=credential_id)
        return None if row is None else Passkey(*row)

    async def passkeys_of(self, person_id: int) -> Sequence[Passkey]:
        """Return a person's passkeys, oldest first."""
        sql = f"{_PASSKEY} WHERE person_id = :person_id ORDER BY added_at, credential_id"
        return [Passkey(*row) for row in await self._connection.rows(sql, {"person_id": person_id})]

    async def use_passkey(self, credential_id: bytes, old_count: int, sign_count: int) -> bool:
        """Move a passkey's counter; False when it is not at `old_count` any more."""
        return await self._run(
            """UPDATE passkey SET sign_count = :sign_count
            WHERE credential_id = :id AND sign_count = :old_count""",
            id=credential_id,
            old_count=old_count,
            sign_count=sign_count,
        )

    async def remove_passkey(self, credential_id: bytes, person_id: int) -> bool:
        """Delete a passkey; False when this person has no such one."""
        return await self._run(
            "DELETE FROM passkey WHERE credential_id = :id AND person_id = :person_id",
            id=credential_id,
            person_id=person_id,
        )

    async def count_attempt(self, key: bytes, expires_at: int) -> int:
        """Count one more attempt under a key, which begins with the hour of its end; return how many."""
        if key[:HOUR_BYTES] != expiry_hour(expires_at):
            raise AssertionError("the key of an attempt begins with the hour in which it expires")
        row = await self._one(
            """INSERT INTO attempt (key, count) VALUES (:key, 1)
            ON CONFLICT (key) DO UPDATE SET count = attempt.count + 1 RETURNING count""",
            key=key,
        )
        return 0 if row is None else int(row[0])

    async def attempts(self, key: bytes) -> int:
        """Return how many attempts were counted under a key."""
        row = await self._one("SELECT count FROM attempt WHERE key = :key", key=key)
        return 0 if row is None else int(row[0])

    async def forget_attempts(self, key: bytes) -> None:
        """Begin to count from none again."""
        await self._run("DELETE FROM attempt WHERE key = :key", key=key)

    async def setting_of(self, person_id: int) -> tuple[int | None, Mapping[str, int]] | None:
        """Return (general setting, setting by partner) of a visible person."""
        row = await self._one(
            """SELECT p.setting FROM person p CROSS JOIN platform w
            WHERE p.id = :id AND p.import_id <= w.visible_import""",
            id=person_id,
        )
        if row is None:
            return None
        sql = "SELECT partner_id, mask FROM partner_setting WHERE person_id = :id ORDER BY partner_id"
        return row[0], dict(await self._connection.rows(sql, {"id": person_id}))

    async def partners_of_friends(self, person_id: int) -> Sequence[tuple[str, str, int]]:
        """Return (partner, its name, devices of this person's friends that are enrolled with it), by name."""
        rows = await self._connection.rows(_PARTNERS_OF_FRIENDS, {"person_id": person_id})
        return [(row[0], row[1], row[2]) for row in rows]
