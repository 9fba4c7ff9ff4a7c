"""The first schema: people, the programme, access, holdings and the ledger's entries.

`{int}`, `{blob}` and the like stand for the dialect's word, see `_WORDS`.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The audience that a friendship has unless a narrower one is set; a friends read spells it "*".
_EVERYONE = (1 << 48) - 1
_WORDS: dict[str, dict[str, object]] = {
    "sqlite": {
        "everyone": _EVERYONE,
        "int": "INTEGER",
        "blob": "BLOB",
        "narrow": "WITHOUT ROWID",
        "serial": "INTEGER PRIMARY KEY",
        "xid": "",
        # The primary key is the order in which a friends read wants its rows: no sort.
        "friendship_key": "PRIMARY KEY (person_id, since DESC, friend_id)",
    },
    "postgresql": {
        "everyone": _EVERYONE,
        "int": "BIGINT",
        "blob": "BYTEA",
        "narrow": "",
        "serial": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "xid": "xid XID8 NOT NULL DEFAULT pg_current_xact_id(),",
        "friendship_key": "PRIMARY KEY (person_id, friend_id)",
    },
}

_TABLES = """
CREATE TABLE platform (
    id {int} PRIMARY KEY CHECK (id = 1),
    visible_import {int} NOT NULL,
    last_import {int} NOT NULL
) {narrow};
INSERT INTO platform (id, visible_import, last_import) VALUES (1, 0, 0);

CREATE TABLE person (
    id {int} PRIMARY KEY,
    version {int} NOT NULL,
    setting {int},
    by_partner {int} NOT NULL DEFAULT 0,
    import_id {int} NOT NULL,
    -- What a friends read wants of a person, spelled on write: it is read 500 times as often.
    card TEXT GENERATED ALWAYS AS (
        CAST(id AS TEXT) || '/' || CAST(version AS TEXT) || ',' || COALESCE(CAST(setting AS TEXT), '') || '/'
    ) STORED
);
CREATE TABLE content (
    person_id {int} PRIMARY KEY,
    fragments {blob} NOT NULL
);
CREATE TABLE friendship (
    person_id {int} NOT NULL,
    since TEXT NOT NULL,
    friend_id {int} NOT NULL,
    audience {int},
    import_id {int} NOT NULL,
    edge TEXT GENERATED ALWAYS AS (
        CASE WHEN audience IS NULL THEN '' WHEN audience = {everyone} THEN '*' ELSE CAST(audience AS TEXT) END
        || ',' || since
    ) STORED,
    {friendship_key}
) {narrow};
CREATE TABLE partner_setting (
    person_id {int} NOT NULL,
    partner_id TEXT NOT NULL,
    mask {int} NOT NULL,
    PRIMARY KEY (person_id, partner_id)
) {narrow};

CREATE TABLE partner (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    owner_countries TEXT NOT NULL,
    agreement_version {int},
    held_at {int}
) {narrow};
CREATE TABLE agreement (
    partner_id TEXT NOT NULL,
    version {int} NOT NULL,
    state TEXT NOT NULL,
    self_mask {int} NOT NULL,
    friend_mask {int} NOT NULL,
    purposes TEXT NOT NULL,
    partner_countries TEXT NOT NULL,
    device_countries TEXT NOT NULL,
    custody TEXT NOT NULL,
    starts_at {int} NOT NULL,
    ends_at {int} NOT NULL,
    PRIMARY KEY (partner_id, version)
) {narrow};
CREATE TABLE integration (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL,
    name TEXT NOT NULL
) {narrow};
CREATE TABLE build (
    digest {blob} PRIMARY KEY,
    integration_id TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL
) {narrow};

CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    person_id {int} NOT NULL,
    integration_id TEXT NOT NULL,
    country TEXT NOT NULL,
    purpose TEXT NOT NULL,
    self_mask {int} NOT NULL,
    friend_mask {int} NOT NULL,
    until {int} NOT NULL,
    withdrawn_at {int},
    code_hash {blob} UNIQUE,
    code_expires_at {int} NOT NULL
) {narrow};
CREATE TABLE device (
    id TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL,
    jkt TEXT NOT NULL,
    enrolled_at {int} NOT NULL,
    removed_at {int}
) {narrow};
CREATE TABLE token (
    hash {blob} PRIMARY KEY,
    device_id TEXT NOT NULL,
    expires_at {int} NOT NULL,
    revoked_at {int}
) {narrow};
CREATE TABLE replay_0 (mark {blob} PRIMARY KEY) {narrow};
CREATE TABLE replay_1 (mark {blob} PRIMARY KEY) {narrow};
CREATE TABLE replay_2 (mark {blob} PRIMARY KEY) {narrow};
CREATE TABLE replay_3 (mark {blob} PRIMARY KEY) {narrow};

CREATE TABLE holding (
    id {blob} PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    capacity {int} NOT NULL,
    used {int} NOT NULL,
    revision {int} NOT NULL,
    root {blob} NOT NULL,
    digest {blob},
    served {blob} NOT NULL,
    commitment {blob} NOT NULL
) {narrow};
CREATE TABLE holding_slot (
    holding_id {blob} NOT NULL,
    slot {int} NOT NULL,
    person_id {int} NOT NULL,
    mask {int} NOT NULL,
    digest {blob} NOT NULL,
    leaf {blob} NOT NULL,
    revision {int} NOT NULL,
    since_at {int} NOT NULL,
    custody TEXT NOT NULL,
    PRIMARY KEY (holding_id, slot)
) {narrow};
CREATE UNIQUE INDEX holding_slot_person ON holding_slot (person_id, holding_id);
CREATE TABLE holding_node (
    holding_id {blob} NOT NULL,
    level {int} NOT NULL,
    position {int} NOT NULL,
    digest {blob} NOT NULL,
    PRIMARY KEY (holding_id, level, position)
) {narrow};

CREATE TABLE entry (
    seq {serial},
    {xid}
    raw {blob} NOT NULL,
    commitment {blob},
    person_id {int},
    sealed {blob}
);
CREATE INDEX entry_commitment ON entry (commitment) WHERE commitment IS NOT NULL;
CREATE TABLE ledger_state (
    id {int} PRIMARY KEY CHECK (id = 1),
    size {int} NOT NULL,
    cursor_xid TEXT NOT NULL,
    cursor_seq {int} NOT NULL,
    checkpoint {blob} NOT NULL
) {narrow};
INSERT INTO ledger_state (id, size, cursor_xid, cursor_seq, checkpoint) VALUES (1, 0, '0', 0, '')
"""

_SQLITE_ONLY = "CREATE UNIQUE INDEX friendship_pair ON friendship (person_id, friend_id)"

# PostgreSQL numbers entries by transaction id, so their place in the ledger is a table of its own.
_POSTGRES_ONLY = (
    "CREATE INDEX entry_order ON entry (xid, seq);"
    "CREATE TABLE entry_place (place BIGINT PRIMARY KEY, seq BIGINT NOT NULL UNIQUE);"
    # Changes that are done and not yet acknowledged: whoever opens the store completes them.
    "CREATE TABLE pending_change (in_effect BYTEA PRIMARY KEY)"
)


def upgrade() -> None:
    """Create everything."""
    dialect = op.get_bind().dialect.name
    script = (
        _TABLES.format(**_WORDS[dialect]) + ";" + (_SQLITE_ONLY if dialect == "sqlite" else _POSTGRES_ONLY)
    )
    for statement in script.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Refuse: the way back from the first schema is a backup."""
    raise NotImplementedError("there is nothing before the first schema")
