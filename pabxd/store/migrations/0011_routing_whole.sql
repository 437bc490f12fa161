-- How a provider differs from the usual: JSON.
ALTER TABLE sip_trunks ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';

-- Numbers that extensions may show outside: patterns with blanks between them; empty: any.
ALTER TABLE account_dialling ADD COLUMN numbers TEXT NOT NULL DEFAULT '';
-- Where its days begin.
ALTER TABLE account_dialling ADD COLUMN zone TEXT NOT NULL DEFAULT 'America/Sao_Paulo';
-- Bounds of calls that go out: JSON.
ALTER TABLE account_dialling ADD COLUMN guard TEXT NOT NULL DEFAULT '{}';

-- In which order the trunks are tried.
ALTER TABLE outbound_routes ADD COLUMN trunk_order TEXT NOT NULL DEFAULT 'listed';
-- Whether the next trunk is tried even where a provider had begun to ring.
ALTER TABLE outbound_routes ADD COLUMN failover_after_ringing INTEGER NOT NULL DEFAULT 0 CHECK (failover_after_ringing IN (0, 1));

-- What kind of number was called, and what it cost in millionths of the account's currency; of calls that go out.
ALTER TABLE call_stats ADD COLUMN class TEXT;
ALTER TABLE call_stats ADD COLUMN cost INTEGER;
-- A minute, in the same; what a call that a power cut ends has cost follows from it.
ALTER TABLE call_stats ADD COLUMN price INTEGER;

-- When somebody is there, and where calls go then and else.
CREATE TABLE time_conditions (
    time_condition_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The hours without the name: JSON.
    hours TEXT NOT NULL,
    -- Destinations: JSON; what they point at may be gone. NULL: nowhere.
    open TEXT,
    closed TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;

-- Inbound routes lead to other places than extensions: JSON, as above.
CREATE TABLE inbound_routes_new (
    route_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    trunk_id TEXT REFERENCES sip_trunks (trunk_id) ON DELETE SET NULL,
    did_pattern TEXT NOT NULL,
    caller_pattern TEXT,
    destination TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;
INSERT INTO inbound_routes_new
    (route_id, account_id, name, position, trunk_id, did_pattern, caller_pattern, destination, status, revision, created_at, updated_at)
SELECT route_id, account_id, name, position, trunk_id, did_pattern, caller_pattern,
    CASE WHEN extension_id IS NOT NULL THEN json_object('kind', 'extension', 'extension_id', extension_id) END,
    status, revision, created_at, updated_at
FROM inbound_routes;
DROP TABLE inbound_routes;
ALTER TABLE inbound_routes_new RENAME TO inbound_routes;
CREATE INDEX inbound_routes_by_position ON inbound_routes (account_id, position, route_id);
CREATE INDEX inbound_routes_by_trunk ON inbound_routes (trunk_id) WHERE trunk_id IS NOT NULL;
