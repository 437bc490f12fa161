-- One row for every call attempt. An id is a UUID v7 made when the call came in, so ids sort by time.
CREATE TABLE call_stats (
    call_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    extension_id TEXT REFERENCES extensions (extension_id) ON DELETE SET NULL,
    trunk_id TEXT REFERENCES sip_trunks (trunk_id) ON DELETE SET NULL,
    call_direction TEXT NOT NULL CHECK (call_direction IN ('internal', 'inbound', 'outbound')),
    caller TEXT NOT NULL,
    callee TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    answer_time INTEGER,
    end_time INTEGER,
    duration INTEGER NOT NULL,
    status TEXT NOT NULL,
    sip_status INTEGER NOT NULL,
    reason TEXT,
    quality_metrics TEXT,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX call_stats_by_time ON call_stats (account_id, start_time, call_id);
CREATE INDEX call_stats_by_extension ON call_stats (extension_id, start_time) WHERE extension_id IS NOT NULL;
CREATE INDEX call_stats_by_trunk ON call_stats (trunk_id) WHERE trunk_id IS NOT NULL;
CREATE INDEX call_stats_open ON call_stats (call_id) WHERE end_time IS NULL;
