-- Where a trunk's calls may come from besides its host: networks with blanks between them.
ALTER TABLE sip_trunks ADD COLUMN networks TEXT NOT NULL DEFAULT '';
-- The number that is shown to who is called; NULL: the user name.
ALTER TABLE sip_trunks ADD COLUMN caller_id TEXT;
-- How far an extension may call.
ALTER TABLE extensions ADD COLUMN calling_class TEXT NOT NULL DEFAULT 'international';
-- The number that it shows outside; NULL: the trunk's.
ALTER TABLE extensions ADD COLUMN caller_id TEXT;
-- Why a call went where it went: JSON, for calls by a trunk.
ALTER TABLE call_stats ADD COLUMN trace TEXT;

-- How an account dials; without a row, as the defaults say.
CREATE TABLE account_dialling (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    country TEXT NOT NULL,
    area_code TEXT,
    carrier TEXT,
    -- Codes of the countries that may be called, with blanks between them.
    international TEXT NOT NULL,
    -- Patterns of numbers whose calls are not taken, with blanks between them.
    blocked_callers TEXT NOT NULL,
    refuses_anonymous INTEGER NOT NULL CHECK (refuses_anonymous IN (0, 1)),
    revision INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL
) STRICT;
