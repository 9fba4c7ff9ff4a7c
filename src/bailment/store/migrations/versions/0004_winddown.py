"""The end of an agreement: wipe orders and notices to those whom it concerns; and the words of screening."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WORDS = {
    "sqlite": {"int": "INTEGER", "narrow": "WITHOUT ROWID"},
    "postgresql": {"int": "BIGINT", "narrow": ""},
}

_TABLES = """
CREATE TABLE wipe (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL,
    version {int} NOT NULL,
    device_id TEXT NOT NULL,
    person_id {int} NOT NULL,
    jkt TEXT NOT NULL,
    ordered_at {int} NOT NULL,
    due_at {int} NOT NULL,
    told_at {int},
    acknowledged_at {int}
) {narrow};
CREATE INDEX wipe_partner ON wipe (partner_id, version);
-- A device is told by its key: its tokens have ended by then.
CREATE INDEX wipe_key ON wipe (jkt) WHERE acknowledged_at IS NULL;
CREATE INDEX wipe_device ON wipe (device_id);
CREATE TABLE notice (
    person_id {int} NOT NULL,
    partner_id TEXT NOT NULL,
    version {int} NOT NULL,
    sent_at {int} NOT NULL,
    PRIMARY KEY (person_id, partner_id, version)
) {narrow};
CREATE INDEX notice_partner ON notice (partner_id, version);
-- By which words a changed list finds partners: a CRC-32 of each, see partners.word_index.
CREATE TABLE screened_word (
    word {int} NOT NULL,
    partner_id TEXT NOT NULL,
    place {int} NOT NULL,
    PRIMARY KEY (word, partner_id, place)
) {narrow};
-- How many files there are and which revisions they have, without reading them.
CREATE INDEX dossier_revision ON dossier (kind, revision);
-- What stood there stands in pages from the next screening on.
DELETE FROM dossier WHERE kind = 'screening-leaf'
"""


def upgrade() -> None:
    """Create the tables."""
    words = _WORDS[op.get_bind().dialect.name]
    for statement in _TABLES.format(**words).split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Refuse: orders that stand would be forgotten."""
    raise NotImplementedError("the way back is a backup")
