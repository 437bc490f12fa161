-- People, accounts, extensions, trunks. Ids are UUIDs as text, times are milliseconds since 1970.

-- Facts about this database: the key check, when the daemon was last alive, which account is the demo.
CREATE TABLE box_meta (
    name TEXT NOT NULL PRIMARY KEY,
    text_value TEXT,
    integer_value INTEGER,
    blob_value BLOB
) STRICT;

CREATE TABLE users (
    user_id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL CHECK (role IN ('super_admin', 'admin', 'user')),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    account_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    max_extensions INTEGER NOT NULL CHECK (max_extensions >= 0),
    max_calls INTEGER NOT NULL CHECK (max_calls >= 0),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    created_by TEXT REFERENCES users (user_id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE account_users (
    account_user_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, user_id)
) STRICT;
CREATE INDEX account_users_by_user ON account_users (user_id);

CREATE TABLE extensions (
    extension_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    extension_number TEXT NOT NULL,
    name TEXT NOT NULL,
    -- NUMBER-SLUG: unique on the whole box. NUMBER alone is accepted too where the domain tells the account.
    auth_username TEXT NOT NULL UNIQUE,
    -- Sealed: AES-256-GCM, bound to this table, row and column.
    password BLOB NOT NULL,
    max_devices INTEGER NOT NULL CHECK (max_devices BETWEEN 1 AND 100),
    ring_seconds INTEGER NOT NULL CHECK (ring_seconds BETWEEN 0 AND 600),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    created_by TEXT REFERENCES users (user_id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, extension_number),
    -- So that what hangs on an extension can name its account and be held to it.
    UNIQUE (account_id, extension_id)
) STRICT;

CREATE TABLE sip_trunks (
    trunk_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    username TEXT,
    -- Sealed, as above; NULL where the provider knows us by address.
    password BLOB,
    auth_type TEXT NOT NULL CHECK (auth_type IN ('digest', 'address')),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;
