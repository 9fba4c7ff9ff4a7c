"""The partner programme: dossiers, blobs, what winds down, certifies, exempts and meters a partner.

When a device was last used is not known of those from before: their 90 days begin with the upgrade, lest all
of them look idle at once. An agreement is certified anew a year after its start at the latest; those from
before get that date too.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WORDS = {
    "sqlite": {
        "int": "INTEGER",
        "blob": "BLOB",
        "narrow": "WITHOUT ROWID",
        "by_code_point": "",
        "now": "CAST(strftime('%s', 'now') AS INTEGER) * 1000",
    },
    "postgresql": {
        "int": "BIGINT",
        "blob": "BYTEA",
        "narrow": "",
        "by_code_point": 'COLLATE "C"',
        "now": "CAST(extract(epoch FROM now()) * 1000 AS BIGINT)",
    },
}
_YEAR_MS = 365 * 86_400_000
_LAST_MS = 2**63 - 1

_TABLES = """
CREATE TABLE dossier (
    kind TEXT NOT NULL,
    key TEXT {by_code_point} NOT NULL,
    revision {int} NOT NULL,
    due_at {int},
    document TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) {narrow};
CREATE INDEX dossier_due ON dossier (kind, due_at) WHERE due_at IS NOT NULL;
CREATE TABLE blob (
    digest {blob} PRIMARY KEY,
    content {blob} NOT NULL
) {narrow};

-- Affiliates share a group, and '' is a group of its own.
ALTER TABLE partner ADD COLUMN group_id TEXT NOT NULL DEFAULT '';
-- Until when what is certified, and what is exempt: see model.programme.
ALTER TABLE partner ADD COLUMN certified TEXT NOT NULL DEFAULT '';
ALTER TABLE partner ADD COLUMN exempt TEXT NOT NULL DEFAULT '';
ALTER TABLE partner ADD COLUMN limited {int} NOT NULL DEFAULT 0;
ALTER TABLE agreement ADD COLUMN certify_by {int} NOT NULL DEFAULT 0;
UPDATE agreement
    SET certify_by = CASE WHEN starts_at < {last} - {year} THEN starts_at + {year} ELSE {last} END;
ALTER TABLE agreement ADD COLUMN document TEXT NOT NULL DEFAULT '';
-- The stages of a wind-down.
ALTER TABLE agreement ADD COLUMN no_grants_at {int};
ALTER TABLE agreement ADD COLUMN no_tokens_at {int};
ALTER TABLE agreement ADD COLUMN read_only_at {int};
ALTER TABLE agreement ADD COLUMN closes_at {int};
ALTER TABLE device ADD COLUMN seen_at {int} NOT NULL DEFAULT 0;
UPDATE device SET seen_at = {now};

CREATE TABLE hold (
    partner_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_at {int} NOT NULL,
    PRIMARY KEY (partner_id, cause)
) {narrow};
INSERT INTO hold (partner_id, cause, reason, placed_at)
    SELECT id, 'operator', 'placed before reasons were kept here', held_at FROM partner
    WHERE held_at IS NOT NULL;

CREATE TABLE volume (
    group_id TEXT NOT NULL,
    person_id {int} NOT NULL,
    classes {int} NOT NULL,
    last_at {int} NOT NULL,
    PRIMARY KEY (group_id, person_id)
) {narrow};
CREATE INDEX volume_last ON volume (last_at);
CREATE TABLE volume_count (
    group_id TEXT NOT NULL,
    class TEXT NOT NULL,
    persons {int} NOT NULL,
    PRIMARY KEY (group_id, class)
) {narrow}
"""


def upgrade() -> None:
    """Create the tables and columns."""
    words = _WORDS[op.get_bind().dialect.name]
    for statement in _TABLES.format(**words, year=_YEAR_MS, last=_LAST_MS).split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Refuse: what the programme knows has no place in the schema before."""
    raise NotImplementedError("the way back is a backup")
