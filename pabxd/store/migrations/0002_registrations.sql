-- Registrations that survive a restart. `binding` is the identity inside the extension: instance and reg-id, or the contact.
CREATE TABLE registrations (
    extension_id TEXT NOT NULL,
    binding TEXT NOT NULL,
    account_id TEXT NOT NULL,
    contact TEXT NOT NULL CHECK (length(contact) <= 2048),
    transport TEXT NOT NULL,
    local_address TEXT NOT NULL,
    remote_address TEXT NOT NULL,
    instance TEXT,
    reg_id INTEGER,
    call_id TEXT NOT NULL CHECK (length(call_id) <= 1024),
    cseq INTEGER NOT NULL,
    q INTEGER NOT NULL,
    user_agent TEXT NOT NULL CHECK (length(user_agent) <= 256),
    expires_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (extension_id, binding),
    FOREIGN KEY (account_id, extension_id) REFERENCES extensions (account_id, extension_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- The primary key starts with the extension: what goes with a deleted extension is found by it.
