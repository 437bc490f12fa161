-- Names for the numbers of callers.
CREATE TABLE phone_book_entries (
    entry_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- +5511987654321 where it has an E.164 form, else digits.
    number TEXT NOT NULL,
    note TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (account_id, number)
) STRICT;
CREATE INDEX phone_book_entries_by_name ON phone_book_entries (account_id, lower(name), entry_id);
