"""All statements on one open transaction; each use case sees the part that its Protocol names."""

from bailment.store.accounts import AccountStatements
from bailment.store.albums import AlbumStatements
from bailment.store.apps import AppStatements
from bailment.store.coverage import CoverageStatements
from bailment.store.disclosures import DisclosureStatements
from bailment.store.dossiers import DossierStatements
from bailment.store.entries import EntryStatements
from bailment.store.events import EventStatements
from bailment.store.expiry import ExpiryStatements
from bailment.store.grants import GrantStatements
from bailment.store.impact import ImpactStatements
from bailment.store.news import NewsStatements
from bailment.store.oauth import OAuthStatements
from bailment.store.partners import PartnerStatements
from bailment.store.people import PeopleStatements
from bailment.store.posts import PostStatements
from bailment.store.programme import ProgrammeStatements
from bailment.store.reports import ReportStatements
from bailment.store.tokens import TokenStatements
from bailment.store.volume import VolumeStatements
from bailment.store.winddown import WinddownStatements
from bailment.store.withholding import WithholdingStatements


class Transaction(
    DisclosureStatements,
    ProgrammeStatements,
    EntryStatements,
    PeopleStatements,
    ReportStatements,
    OAuthStatements,
    TokenStatements,
    GrantStatements,
    EventStatements,
    AccountStatements,
    ExpiryStatements,
    DossierStatements,
    PartnerStatements,
    VolumeStatements,
    WinddownStatements,
    WithholdingStatements,
    ImpactStatements,
    CoverageStatements,
    PostStatements,
    AlbumStatements,
    AppStatements,
    NewsStatements,
):
    """One open transaction, on either database."""

    async def savepoint(self) -> None:
        """Remember this point of the transaction."""
        await self._connection.run("SAVEPOINT trial", {})

    async def rollback_to_savepoint(self) -> None:
        """Undo what was written since the savepoint."""
        await self._connection.run("ROLLBACK TO SAVEPOINT trial", {})

    async def newest_is_ahead(self) -> bool:
        """Tell whether an entry has a transaction id that the server has not reached (PostgreSQL only)."""
        sql = """SELECT (SELECT xid FROM entry ORDER BY xid DESC, seq DESC LIMIT 1)
            >= pg_snapshot_xmax(pg_current_snapshot())"""
        return bool((await self._connection.rows(sql, {}))[0][0])

    async def owe_in_effect(self, in_effect: bytes) -> None:
        """Remember that this change, once committed, is to be recorded as in effect (PostgreSQL only)."""
        sql = "INSERT INTO pending_change (in_effect) VALUES (:in_effect)"
        await self._connection.run(sql, {"in_effect": in_effect})

    async def owed_in_effect(self) -> list[bytes]:
        """Take all that is owed (PostgreSQL only)."""
        return [
            row[0]
            for row in await self._connection.rows("DELETE FROM pending_change RETURNING in_effect", {})
        ]

    async def settle_in_effect(self, in_effect: bytes) -> None:
        """Forget one that is recorded (PostgreSQL only)."""
        sql = "DELETE FROM pending_change WHERE in_effect = :in_effect"
        await self._connection.run(sql, {"in_effect": in_effect})

    async def is_oldest(self) -> bool:
        """Tell whether no running transaction of the server has a lower id (PostgreSQL only)."""
        sql = "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= pg_current_xact_id()"
        return bool((await self._connection.rows(sql, {}))[0][0])
