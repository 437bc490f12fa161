-- Whether the wall clock could be believed when the call began: a box without a battery starts with a wrong one.
ALTER TABLE call_stats ADD COLUMN clock TEXT NOT NULL DEFAULT 'trusted' CHECK (clock IN ('trusted', 'untrusted'));
