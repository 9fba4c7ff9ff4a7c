"""The statements of a disclosure: replay mark, facts, content, holding, entry."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from bailment.model.disclosure import Ask, EntryDraft, Facts, HoldingWrite, Route, Slot
from bailment.store.connection import REPLAY_TABLES, Connection, Overtaken
from bailment.store.statements import Statements
from bailment.store.withholding import marks

_MARK = [
    f"INSERT INTO replay_{table} (mark) VALUES (:mark) ON CONFLICT DO NOTHING"
    for table in range(REPLAY_TABLES)
]

# One row of text for all friends: Python's sqlite3 gives up the GIL at every row, and a packed row
# is also half the work of as many tuples. The subselect's order is the primary key's on SQLite.
# Few persons have more to say than their columns: a setting for one partner, orders in a country.
_ONE_FRIEND = """CASE WHEN p.by_partner <> 0 THEN p.id || '/' || p.version || COALESCE({marks}, '') || ','
        || COALESCE(CAST(COALESCE(
            (SELECT s.mask FROM partner_setting s WHERE s.person_id = p.id AND s.partner_id = i.partner_id),
            p.setting) AS TEXT), '') || '/' ELSE p.card END || f.edge"""
_FRIEND_ROWS = {
    "sqlite": f"""(SELECT group_concat({_ONE_FRIEND.format(marks=marks("sqlite"))}, ';')
        FROM friendship f CROSS JOIN person p ON p.id = f.friend_id
        WHERE f.person_id = g.person_id AND f.import_id <= (SELECT visible_import FROM platform)""",
    "postgresql": f"""(SELECT string_agg(
        {_ONE_FRIEND.format(marks=marks("postgresql"))}, ';' ORDER BY f.since DESC, f.friend_id)
        FROM friendship f JOIN person p ON p.id = f.friend_id
        WHERE f.person_id = g.person_id AND f.import_id <= (SELECT visible_import FROM platform)""",
}
_WHICH_FRIENDS = {
    Route.ME: "NULL",
    Route.FRIENDS: "{rows})",
    Route.FRIEND: "{rows} AND f.friend_id = :friend_id)",
    Route.POSTS: "{rows})",
    Route.SOME: "{some})",
}
# SQLite would go through all friends of the person in the order of the list: here it seeks each.
_SOME_ROWS = {
    "sqlite": _FRIEND_ROWS["sqlite"].replace(
        "FROM friendship f",
        "FROM json_each(:friend_ids) wanted CROSS JOIN friendship f INDEXED BY friendship_pair",
    )
    + " AND f.friend_id = wanted.value",
    "postgresql": _FRIEND_ROWS["postgresql"] + " AND f.friend_id = ANY(:friend_ids)",
}
_FACTS = """
SELECT t.expires_at, t.revoked_at, t.epoch,
    g.id, g.consents, g.until, g.withdrawn_at, g.epoch,
    d.id, d.jkt, g.country, d.removed_at, g.person_id,
    i.id, i.partner_id, r.country, r.owner_countries, r.held_at,
    a.version, a.state, a.self_mask, a.friend_mask, a.purposes, a.partner_countries, a.device_countries,
    a.custody, a.starts_at, a.ends_at, a.closes_at, COALESCE(a.certify_by, 0),
    CASE WHEN r.group_id = '' THEN r.id ELSE r.group_id END, r.certified, r.exempt, r.limited, d.seen_at,
    b.state, b.integration_id,
    h.id, h.capacity, h.used, h.revision, h.root, h.digest, h.served,
    (SELECT m.version FROM person m
        WHERE m.id = g.person_id AND m.import_id <= (SELECT visible_import FROM platform)), {friends},
    t.secret, COALESCE(a.secrets, 0), COALESCE(a.write_mask, 0), {build},
    COALESCE((SELECT c.name FROM oauth_client c WHERE c.id = t.client_id), ''), a.read_only_at,
    (SELECT withholding FROM platform)
FROM token t
JOIN device d ON d.id = t.device_id
JOIN grants g ON g.id = d.grant_id
JOIN integration i ON i.id = g.integration_id
JOIN partner r ON r.id = i.partner_id
LEFT JOIN agreement a ON a.partner_id = r.id AND a.version = r.agreement_version
LEFT JOIN build b ON b.digest = {build}
LEFT JOIN holding h ON h.device_id = d.id
WHERE t.hash = :token_hash
"""
# A client that cannot say its build with every request said it when the grant was asked for.
_DECLARED = {
    "sqlite": "COALESCE(:build, CASE WHEN :build_of_grant = 1 THEN g.build END)",
    "postgresql": "COALESCE(CAST(:build AS BYTEA), CASE WHEN :build_of_grant = 1 THEN g.build END)",
}
_FACTS_OF = {
    dialect: {
        route: _FACTS.format(
            friends=which.format(rows=rows, some=_SOME_ROWS[dialect]), build=_DECLARED[dialect]
        )
        for route, which in _WHICH_FRIENDS.items()
    }
    for dialect, rows in _FRIEND_ROWS.items()
}
# The same facts of many tokens at once, without friends, each behind its token's stored form.
# SQLite has no list of blobs: each has a parameter of its own.
MOST_TOKENS = 128
_TOKENS = {
    "sqlite": f"t.hash IN ({', '.join(f':h{place}' for place in range(MOST_TOKENS))})",
    "postgresql": "t.hash = ANY(:hashes)",
}
FACTS_OF_TOKENS = {
    dialect: _FACTS.format(friends="NULL", build="g.build")
    .replace("SELECT t.expires_at", "SELECT t.hash, t.expires_at", 1)
    .replace("t.hash = :token_hash", among)
    for dialect, among in _TOKENS.items()
}
_CONTENT = {
    "sqlite": """SELECT p.id, p.version, c.fragments FROM person p JOIN content c ON c.person_id = p.id
        WHERE p.id IN (SELECT value FROM json_each(:ids))""",
    "postgresql": """SELECT p.id, p.version, c.fragments FROM person p JOIN content c ON c.person_id = p.id
        WHERE p.id = ANY(:ids)""",
}
_CARDS = {dialect: sql.replace("c.fragments", "c.card") for dialect, sql in _CONTENT.items()}
# One statement for both, so that the slots are those of the revision.
_SLOTS = """
SELECT h.revision, s.slot, s.person_id, s.mask, s.digest, s.leaf, s.revision, s.since_at, s.custody
FROM holding h LEFT JOIN holding_slot s ON s.holding_id = h.id WHERE h.id = :id
"""
_SLOT = _SLOTS.replace("s.holding_id = h.id", "s.holding_id = h.id AND s.person_id = :person_id")
_SLOTS_OF = {
    "sqlite": _SLOTS.replace(
        "s ON s.holding_id = h.id",
        """s INDEXED BY holding_slot_person ON s.holding_id = h.id
            AND s.person_id IN (SELECT value FROM json_each(:person_ids))""",
    ),
    "postgresql": _SLOTS.replace(
        "s.holding_id = h.id", "s.holding_id = h.id AND s.person_id = ANY(:person_ids)"
    ),
}
_CHANGE_HOLDING = """
UPDATE holding SET capacity = :capacity, used = :used, revision = :revision, root = :root,
    digest = :digest, served = :served, commitment = :commitment
WHERE id = :id AND revision = :before
"""
_NEW_HOLDING = """
INSERT INTO holding (id, device_id, capacity, used, revision, root, digest, served, commitment)
VALUES (:id, :device_id, :capacity, :used, :revision, :root, :digest, :served, :commitment)
ON CONFLICT DO NOTHING
"""
_WRITE_SLOT = """
INSERT INTO holding_slot (holding_id, slot, person_id, mask, digest, leaf, revision, since_at, custody)
VALUES (:id, :slot, :person_id, :mask, :digest, :leaf, :revision, :since_at, :custody)
ON CONFLICT (holding_id, slot) DO UPDATE SET mask = excluded.mask, digest = excluded.digest,
    leaf = excluded.leaf, revision = excluded.revision, since_at = excluded.since_at,
    custody = excluded.custody
"""
_WRITE_NODE = """
INSERT INTO holding_node (holding_id, level, position, digest) VALUES (:id, :level, :position, :digest)
ON CONFLICT (holding_id, level, position) DO UPDATE SET digest = excluded.digest
"""
_ALL_NODES = """
SELECT level, position, digest FROM holding_node WHERE holding_id = :id
UNION ALL SELECT 0, slot, leaf FROM holding_slot WHERE holding_id = :id
"""
# A place is one number: its level above these bits, its position in them. Each is one seek in a primary key.
_LEVEL = 40
_POSITIONS = (1 << _LEVEL) - 1
_NODES = {
    dialect: f"""
    SELECT n.level, n.position, n.digest FROM {inner} JOIN holding_node n
        ON n.holding_id = :id AND n.level = wanted.value >> {_LEVEL}
        AND n.position = (wanted.value & {_POSITIONS})
    UNION ALL SELECT 0, s.slot, s.leaf FROM {leaves} JOIN holding_slot s
        ON s.holding_id = :id AND s.slot = wanted.value
    """
    for dialect, inner, leaves in (
        ("sqlite", "json_each(:inner) wanted CROSS", "json_each(:leaves) wanted CROSS"),
        (
            "postgresql",
            "UNNEST(CAST(:inner AS BIGINT[])) AS wanted(value)",
            "UNNEST(CAST(:leaves AS BIGINT[])) AS wanted(value)",
        ),
    )
}
_APPEND = "INSERT INTO entry (raw, commitment, person_id, sealed) VALUES (?, ?, ?, ?)"


class DisclosureStatements(Statements):
    """Satisfies `disclosure.ports.Transaction` on one connection."""

    def __init__(self, connection: Connection) -> None:
        """Speak over `connection`, which holds an open transaction."""
        self._connection = connection
        self._drafts: list[EntryDraft] = []
        self.repetitions = 0

    def only_repeats(self) -> None:
        """Say that this work tells nothing that no flushed entry tells already."""
        self.repetitions += 1

    async def mark(self, bucket: int, mark: bytes) -> bool:
        """Write a replay mark; False when it stands already."""
        return await self._connection.run(_MARK[bucket % REPLAY_TABLES], {"mark": mark}) == 1

    async def facts(self, ask: Ask) -> Facts | None:
        """Read all facts that decide, in one statement."""
        rows = await self._connection.rows(
            _FACTS_OF[self._connection.dialect][ask.route],
            {
                "token_hash": ask.token_hash,
                "build": ask.build,
                "build_of_grant": int(ask.build_of_grant),
                "friend_id": ask.friend_id,
                "friend_ids": self._packed(ask.friend_ids),
                "now": ask.now,
            },
        )
        return Facts(*rows[0]) if rows else None

    async def content(self, person_ids: Iterable[int]) -> Mapping[int, tuple[int, bytes]]:
        """Read rendered content by person."""
        rows = await self._connection.rows(
            _CONTENT[self._connection.dialect], {"ids": self._packed(person_ids)}
        )
        return {person_id: (version, fragments) for person_id, version, fragments in rows}

    async def cards(self, person_ids: Iterable[int]) -> Mapping[int, tuple[int, bytes | None]]:
        """Read rendered cards by person; None where content is from before there were cards."""
        rows = await self._connection.rows(
            _CARDS[self._connection.dialect], {"ids": self._packed(person_ids)}
        )
        return {person_id: (version, card) for person_id, version, card in rows}

    async def slots(self, holding_id: bytes, revision: int) -> Sequence[Slot]:
        """Read all slots of a holding; it must still be at the revision that the facts told."""
        rows = await self._connection.rows(_SLOTS, {"id": holding_id})
        if rows[0][0] != revision:
            raise Overtaken
        return [Slot(*row[1:]) for row in rows if row[1] is not None]

    async def slot_of(self, holding_id: bytes, revision: int, person_id: int) -> Slot | None:
        """Read one person's slot; the holding must still be at the revision that the facts told."""
        rows = await self._connection.rows(_SLOT, {"id": holding_id, "person_id": person_id})
        if rows[0][0] != revision:
            raise Overtaken
        return Slot(*rows[0][1:]) if rows[0][1] is not None else None

    async def slots_of(self, holding_id: bytes, revision: int, person_ids: Collection[int]) -> Sequence[Slot]:
        """Read some persons' slots; the holding must still be at the revision that the facts told."""
        rows = await self._connection.rows(
            _SLOTS_OF[self._connection.dialect], {"id": holding_id, "person_ids": self._packed(person_ids)}
        )
        if rows[0][0] != revision:
            raise Overtaken
        return [Slot(*row[1:]) for row in rows if row[1] is not None]

    async def nodes(
        self, holding_id: bytes, places: Sequence[tuple[int, int]]
    ) -> Mapping[tuple[int, int], bytes]:
        """Read hashes by (level, position); all of a holding's when very many are asked for."""
        wanted: dict[str, object] = {"id": holding_id}
        statements = _ALL_NODES
        if len(places) <= _MANY_NODES:
            statements = _NODES[self._connection.dialect]
            wanted["leaves"] = self._packed(position for level, position in places if level == 0)
            wanted["inner"] = self._packed(level << _LEVEL | position for level, position in places if level)
        rows = await self._connection.rows(statements, wanted)
        return {(level, position): digest for level, position, digest in rows}

    async def write_holding(self, write: HoldingWrite) -> None:
        """Write a holding's row and its changed slots and nodes, unless it changed since it was read."""
        row = {"id": write.holding_id, **{name: getattr(write, name) for name in _HOLDING_COLUMNS}}
        before = write.revision - 1 if write.slots else write.revision
        written = await self._connection.run(_CHANGE_HOLDING, {"before": before, **row})
        # Where somebody else has just begun a holding for this device, neither statement does anything.
        if not written and not await self._connection.run(_NEW_HOLDING, row):
            raise Overtaken
        if write.slots:
            await self._connection.many(
                _WRITE_SLOT, [{"id": write.holding_id, **slot._asdict()} for slot in write.slots]
            )
        if write.nodes:
            await self._connection.many(
                _WRITE_NODE, [{"id": write.holding_id, **node._asdict()} for node in write.nodes]
            )

    async def append(self, draft: EntryDraft) -> None:
        """Keep the entry for the one insert before the commit."""
        self._drafts.append(draft)

    def drafts(self) -> list[EntryDraft]:
        """Return what was appended and not yet flushed."""
        return list(self._drafts)

    def take_drafts(self) -> list[EntryDraft]:
        """Return what was appended, and forget it."""
        drafts, self._drafts = self._drafts, []
        return drafts

    async def flush(self) -> None:
        """Insert what was appended; the store calls it once, before the commit."""
        drafts = self.take_drafts()
        if drafts:
            await self._connection.bulk(_APPEND, drafts)


_MANY_NODES = 1_000
_HOLDING_COLUMNS = ("device_id", "capacity", "used", "revision", "root", "digest", "served", "commitment")
