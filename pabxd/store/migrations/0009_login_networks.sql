-- From where people have signed in: a sign-in from elsewhere is told.
CREATE TABLE login_networks (
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    -- Such as 203.0.0.0/16, 2001:db8::/32, or 'local'.
    network TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, network)
) STRICT, WITHOUT ROWID;
