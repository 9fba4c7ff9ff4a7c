"""The authorization server: clients, requests, codes, tokens, event streams, people who sign in.

Every key of an expiring secret begins with its expiry hour, so that what has expired lies together at the
front of its table and goes by one range delete; see `model.encoding.hash_token`.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WORDS: dict[str, dict[str, object]] = {
    "sqlite": {
        "int": "INTEGER",
        "blob": "BLOB",
        "narrow": "WITHOUT ROWID",
        "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
    },
    "postgresql": {
        "int": "BIGINT",
        "blob": "BYTEA",
        "narrow": "",
        # Ordered by transaction id, as entries are: see store.entries. 4,096 events fit in one transaction.
        "serial": """BIGINT PRIMARY KEY DEFAULT
            (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) * 4096 + nextval('event_number') % 4096)""",
    },
}

_TABLES = """
ALTER TABLE grants ADD COLUMN consents TEXT NOT NULL DEFAULT '';
UPDATE grants SET consents = purpose || '=' || CAST(self_mask AS TEXT) || '/' || CAST(friend_mask AS TEXT)
    WHERE self_mask <> 0 OR friend_mask <> 0;
ALTER TABLE grants DROP COLUMN purpose;
ALTER TABLE grants DROP COLUMN self_mask;
ALTER TABLE grants DROP COLUMN friend_mask;
ALTER TABLE grants ADD COLUMN epoch {int} NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN device_name TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN build {blob};
ALTER TABLE grants ADD COLUMN commitment {blob};
CREATE INDEX grants_person ON grants (person_id);
CREATE INDEX device_grant ON device (grant_id);
ALTER TABLE token ADD COLUMN epoch {int} NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
-- Their keys have no expiry hour, so that no lookup would find them.
DELETE FROM token;

CREATE TABLE oauth_client (
    id TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL,
    name TEXT NOT NULL,
    auth_method TEXT NOT NULL,
    jwks TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    bearer {int} NOT NULL,
    registration_key {blob},
    registered_at {int} NOT NULL,
    removed_at {int}
) {narrow};
CREATE TABLE registration_ticket (
    key {blob} PRIMARY KEY,
    integration_id TEXT NOT NULL,
    bearer {int} NOT NULL,
    expires_at {int} NOT NULL
) {narrow};
CREATE TABLE pushed_request (
    key {blob} PRIMARY KEY,
    client_id TEXT NOT NULL,
    request TEXT NOT NULL,
    expires_at {int} NOT NULL
) {narrow};
CREATE TABLE interaction (
    key {blob} PRIMARY KEY,
    session_key {blob} NOT NULL,
    client_id TEXT NOT NULL,
    request TEXT,
    device_key {blob},
    expires_at {int} NOT NULL
) {narrow};
CREATE INDEX interaction_session ON interaction (session_key);
CREATE TABLE authorization_code (
    key {blob} PRIMARY KEY,
    grant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    jkt TEXT NOT NULL,
    expires_at {int} NOT NULL,
    used_at {int}
) {narrow};
CREATE TABLE refresh_token (
    key {blob} PRIMARY KEY,
    grant_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    epoch {int} NOT NULL,
    expires_at {int} NOT NULL,
    used_at {int},
    sealed {blob}
) {narrow};
CREATE TABLE client_token (
    key {blob} PRIMARY KEY,
    client_id TEXT NOT NULL,
    jkt TEXT NOT NULL,
    scope TEXT NOT NULL,
    expires_at {int} NOT NULL,
    revoked_at {int}
) {narrow};
CREATE TABLE device_request (
    key {blob} PRIMARY KEY,
    user_code TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    wish TEXT NOT NULL,
    jkt TEXT NOT NULL,
    state TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    interval_s {int} NOT NULL,
    polled_at {int},
    expires_at {int} NOT NULL
) {narrow};
CREATE INDEX device_request_client ON device_request (client_id, expires_at);

CREATE TABLE event (
    seq {serial},
    event_id TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    happened_at {int} NOT NULL
);
CREATE INDEX event_integration ON event (integration_id, seq);
CREATE TABLE event_stream (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    integration_id TEXT NOT NULL,
    method TEXT NOT NULL,
    endpoint_url TEXT NOT NULL,
    authorization_header TEXT NOT NULL,
    events TEXT NOT NULL,
    status TEXT NOT NULL,
    description TEXT NOT NULL,
    cursor_seq {int} NOT NULL,
    failures {int} NOT NULL,
    retry_at {int} NOT NULL,
    reason TEXT NOT NULL,
    acknowledged TEXT NOT NULL,
    notices TEXT NOT NULL,
    revision {int} NOT NULL
) {narrow};

CREATE TABLE browser_session (
    key {blob} PRIMARY KEY,
    person_id {int},
    signed_in_at {int},
    expires_at {int} NOT NULL
) {narrow};
CREATE INDEX browser_session_person ON browser_session (person_id) WHERE person_id IS NOT NULL;
CREATE TABLE account (
    login TEXT PRIMARY KEY,
    person_id {int} NOT NULL UNIQUE,
    phc TEXT NOT NULL
) {narrow};
CREATE TABLE passkey (
    credential_id {blob} PRIMARY KEY,
    person_id {int} NOT NULL,
    public_key {blob} NOT NULL,
    sign_count {int} NOT NULL,
    name TEXT NOT NULL,
    added_at {int} NOT NULL
) {narrow};
CREATE INDEX passkey_person ON passkey (person_id);
CREATE TABLE attempt (
    key {blob} PRIMARY KEY,
    count {int} NOT NULL
) {narrow}
"""


def upgrade() -> None:
    """Create the tables, and give a grant several purposes."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute("CREATE SEQUENCE event_number")
    for statement in _TABLES.format(**_WORDS[dialect]).split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Refuse: several purposes do not fit back into one."""
    raise NotImplementedError("the way back is a backup")
