"""What phones speak besides the JSON API: cards, secrets for devices without a key, writes."""

import re

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WORDS = {
    "sqlite": {"int": "INTEGER", "blob": "BLOB", "narrow": "WITHOUT ROWID"},
    "postgresql": {"int": "BIGINT", "blob": "BYTEA", "narrow": ""},
}

_TABLES = """
-- Where it is missing, content is from before there were cards: readers make one of the fragments.
ALTER TABLE content ADD COLUMN card {blob};
ALTER TABLE token ADD COLUMN secret {int} NOT NULL DEFAULT 0;
ALTER TABLE agreement ADD COLUMN write_mask {int} NOT NULL DEFAULT 0;
ALTER TABLE agreement ADD COLUMN secrets {int} NOT NULL DEFAULT 0;
ALTER TABLE authorization_code ADD COLUMN scope TEXT NOT NULL DEFAULT '';

-- Apps for Mastodon register themselves: each is a client of the one integration that is open.
CREATE TABLE app (
    client_id TEXT PRIMARY KEY,
    secret {blob} NOT NULL,
    scopes TEXT NOT NULL,
    website TEXT NOT NULL,
    unused_until {int}
) {narrow};
CREATE INDEX app_unused ON app (unused_until) WHERE unused_until IS NOT NULL;
CREATE TABLE opening (
    one {int} PRIMARY KEY CHECK (one = 1),
    integration_id TEXT NOT NULL,
    build {blob} NOT NULL,
    purpose TEXT NOT NULL
) {narrow};

-- An id tells its instant, see model.posts. What came with an import has no integration and no app.
CREATE TABLE status (
    id {int} PRIMARY KEY,
    person_id {int} NOT NULL,
    text TEXT NOT NULL,
    reply_to {int},
    media TEXT NOT NULL DEFAULT '',
    integration_id TEXT NOT NULL DEFAULT '',
    app TEXT NOT NULL DEFAULT ''
);
CREATE INDEX status_person ON status (person_id, id);
CREATE INDEX status_reply ON status (reply_to, id) WHERE reply_to IS NOT NULL;
CREATE TABLE status_like (
    id {int} NOT NULL,
    status_id {int} NOT NULL,
    person_id {int} NOT NULL,
    integration_id TEXT NOT NULL,
    PRIMARY KEY (status_id, person_id)
) {narrow};
CREATE INDEX status_like_id ON status_like (id);
CREATE INDEX status_like_person ON status_like (person_id, id);
-- Ids of statuses that were deleted, for who is streaming; swept after an hour.
CREATE TABLE removed_status (
    status_id {int} PRIMARY KEY,
    person_id {int} NOT NULL,
    at {int} NOT NULL
);
CREATE INDEX removed_status_at ON removed_status (at);
CREATE TABLE bookmark (
    id {int} NOT NULL,
    status_id {int} NOT NULL,
    person_id {int} NOT NULL,
    PRIMARY KEY (person_id, status_id)
) {narrow};
CREATE INDEX bookmark_person ON bookmark (person_id, id);
CREATE INDEX bookmark_status ON bookmark (status_id);
-- What a device wrote under an idempotency key, swept after a day.
CREATE TABLE written (
    key {blob} PRIMARY KEY,
    status_id {int} NOT NULL,
    at {int} NOT NULL
) {narrow};
CREATE INDEX written_at ON written (at);
CREATE TABLE media (
    id TEXT PRIMARY KEY,
    person_id {int} NOT NULL,
    digest {blob} NOT NULL,
    media_type TEXT NOT NULL,
    width {int} NOT NULL,
    height {int} NOT NULL,
    thumbnail {blob} NOT NULL,
    thumbnail_width {int} NOT NULL,
    thumbnail_height {int} NOT NULL,
    description TEXT NOT NULL,
    kept TEXT NOT NULL,
    added_at {int} NOT NULL,
    status_id {int},
    -- Since when no status and no album shows it, NULL while one does.
    free_since {int}
) {narrow};
CREATE INDEX media_status ON media (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX media_digest ON media (digest);
CREATE INDEX media_thumbnail ON media (thumbnail);
CREATE INDEX media_person ON media (person_id, added_at);
CREATE INDEX media_free ON media (free_since) WHERE free_since IS NOT NULL;
CREATE TABLE album (
    id {int} PRIMARY KEY,
    person_id {int} NOT NULL,
    title TEXT NOT NULL
);
CREATE INDEX album_person ON album (person_id, id);
CREATE TABLE album_photo (
    album_id {int} NOT NULL,
    id {int} NOT NULL,
    media_id TEXT NOT NULL,
    PRIMARY KEY (album_id, media_id)
) {narrow};
CREATE INDEX album_photo_media ON album_photo (media_id);
-- It counts during the friendship that began at `since`, and not in a later one of the same two.
CREATE TABLE album_share (
    album_id {int} NOT NULL,
    person_id {int} NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (person_id, album_id)
) {narrow};
CREATE INDEX album_share_album ON album_share (album_id);
-- The switch, off as shipped, and orders: each withholds one item in one country, see docs/withholding.md.
ALTER TABLE platform ADD COLUMN withholding {int} NOT NULL DEFAULT 0;
CREATE TABLE withholding (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    item_id TEXT NOT NULL,
    person_id {int} NOT NULL,
    country TEXT NOT NULL,
    issuer TEXT NOT NULL,
    basis TEXT NOT NULL,
    text TEXT NOT NULL,
    from_at {int} NOT NULL,
    until_at {int} NOT NULL,
    lifted_at {int},
    appeal TEXT NOT NULL DEFAULT '',
    revision {int} NOT NULL DEFAULT 1
) {narrow};
CREATE INDEX withholding_item ON withholding (item_id, country);
CREATE INDEX withholding_person ON withholding (person_id, country, id);
CREATE INDEX withholding_standing ON withholding (until_at) WHERE lifted_at IS NULL
"""


def upgrade() -> None:
    """Create the columns and tables."""
    words = _WORDS[op.get_bind().dialect.name]
    # Comments may hold semicolons, statements end with one.
    script = re.sub(r"--.*", "", _TABLES.format(**words))
    for statement in script.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Refuse: what people wrote would be lost."""
    raise NotImplementedError("the way back is a backup")
