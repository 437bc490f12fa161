-- Where calls go: data for now, their behaviour comes with the trunks.
CREATE TABLE inbound_routes (
    route_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    trunk_id TEXT REFERENCES sip_trunks (trunk_id) ON DELETE SET NULL,
    did_pattern TEXT NOT NULL,
    caller_pattern TEXT,
    extension_id TEXT REFERENCES extensions (extension_id) ON DELETE SET NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;
CREATE INDEX inbound_routes_by_position ON inbound_routes (account_id, position, route_id);
CREATE INDEX inbound_routes_by_trunk ON inbound_routes (trunk_id) WHERE trunk_id IS NOT NULL;
CREATE INDEX inbound_routes_by_extension ON inbound_routes (extension_id) WHERE extension_id IS NOT NULL;

CREATE TABLE outbound_routes (
    route_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    strip INTEGER NOT NULL CHECK (strip BETWEEN 0 AND 32),
    prefix TEXT NOT NULL,
    -- Trunk ids in order, with blanks between them; ids of trunks that are gone are passed over.
    trunks TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT;
CREATE INDEX outbound_routes_by_position ON outbound_routes (account_id, position, route_id);
