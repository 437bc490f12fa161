-- Who did what. Rows are only ever added; each carries a hash over itself and the one before. The newest hash is kept
-- sealed in box_meta (`audit_head`), so that cutting off the end is noticed too.
CREATE TABLE audit (
    audit_id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    account_id TEXT,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    source TEXT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT,
    before TEXT,
    after TEXT,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_account ON audit (account_id, audit_id);
CREATE INDEX audit_by_actor ON audit (actor_id, audit_id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;

-- What somebody should look at.
CREATE TABLE alerts (
    alert_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT REFERENCES accounts (account_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    -- What it is about: the same thing raises no second alert while one is open.
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    raised_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT
) STRICT;
CREATE INDEX alerts_by_time ON alerts (account_id, alert_id);
CREATE UNIQUE INDEX alerts_open ON alerts (coalesce(account_id, ''), kind, subject) WHERE acknowledged_at IS NULL;

-- Settings of the box. Values are JSON; secrets in them are sealed and lie in `secret`.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    secret BLOB,
    revision INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    key_hash BLOB NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    request_hash BLOB NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_user ON idempotency_keys (user_id);
