-- Alerts on their way to people and machines: tried again until they arrive or are given up.
CREATE TABLE deliveries (
    delivery_id TEXT NOT NULL PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (alert_id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    -- An address, or a URL.
    target TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (alert_id, channel, target)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'due';
