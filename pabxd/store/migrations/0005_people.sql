-- People: second factor, sessions, keys of machines. `revision` counts changes: who changes a row says which one was read.
ALTER TABLE users ADD COLUMN full_name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'pt-BR' CHECK (language IN ('pt-BR', 'en', 'es'));
ALTER TABLE users ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN password_changed_at INTEGER;
-- Sealed; NULL: no second factor.
ALTER TABLE users ADD COLUMN totp_secret BLOB;
-- The last step whose code was taken: no code is good twice.
ALTER TABLE users ADD COLUMN totp_last_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX users_by_name ON users (username, user_id);
CREATE INDEX users_by_creation ON users (created_at, user_id);
CREATE INDEX users_super_admins ON users (status) WHERE role = 'super_admin';

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    session_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'token')),
    client_address TEXT,
    user_agent TEXT NOT NULL CHECK (length(user_agent) <= 256),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, last_used_at);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Used ones are kept until they run out: one that comes again was stolen.
CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE api_keys (
    api_key_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    account_id TEXT REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key_hash BLOB NOT NULL UNIQUE,
    permissions TEXT NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_by_user ON api_keys (user_id, api_key_id);
CREATE INDEX api_keys_by_account ON api_keys (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE signing_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE account_users ADD COLUMN extension_id TEXT REFERENCES extensions (extension_id) ON DELETE SET NULL;
-- Permission words with blanks between them.
ALTER TABLE account_users ADD COLUMN allow TEXT NOT NULL DEFAULT '';
ALTER TABLE account_users ADD COLUMN deny TEXT NOT NULL DEFAULT '';
ALTER TABLE account_users ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
-- The user's name once more, so that an account's people are sorted by an index. Names are never changed.
ALTER TABLE account_users ADD COLUMN username TEXT NOT NULL DEFAULT '';
UPDATE account_users SET username = (SELECT username FROM users WHERE users.user_id = account_users.user_id);
CREATE INDEX account_users_by_name ON account_users (account_id, username, user_id);
CREATE INDEX account_users_by_creation ON account_users (account_id, created_at, user_id);
CREATE INDEX account_users_by_extension ON account_users (extension_id) WHERE extension_id IS NOT NULL;

ALTER TABLE accounts ADD COLUMN max_storage_mib INTEGER NOT NULL DEFAULT 1000 CHECK (max_storage_mib >= 0);
ALTER TABLE accounts ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX accounts_by_name ON accounts (lower(name), account_id);
CREATE INDEX accounts_by_creation ON accounts (created_at, account_id);
CREATE INDEX accounts_by_creator ON accounts (created_by) WHERE created_by IS NOT NULL;

ALTER TABLE extensions ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX extensions_by_number ON extensions (account_id, extension_number, extension_id);
CREATE INDEX extensions_by_name ON extensions (account_id, lower(name), extension_id);
CREATE INDEX extensions_by_creation ON extensions (account_id, created_at, extension_id);
CREATE INDEX extensions_by_creator ON extensions (created_by) WHERE created_by IS NOT NULL;

ALTER TABLE sip_trunks ADD COLUMN port INTEGER CHECK (port BETWEEN 1 AND 65535);
ALTER TABLE sip_trunks ADD COLUMN transport TEXT NOT NULL DEFAULT 'udp' CHECK (transport IN ('udp', 'tcp', 'tls'));
ALTER TABLE sip_trunks ADD COLUMN max_calls INTEGER NOT NULL DEFAULT 30 CHECK (max_calls >= 0);
ALTER TABLE sip_trunks ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX sip_trunks_by_name ON sip_trunks (account_id, lower(name), trunk_id);
CREATE INDEX sip_trunks_by_creation ON sip_trunks (account_id, created_at, trunk_id);
