-- Browsers that are told of things (Web Push, RFC 8030), and what is on its way to them.
CREATE TABLE push_subscriptions (
    push_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    -- The browser's public key, and (sealed) the secret that it shares with us.
    p256dh BLOB NOT NULL,
    auth BLOB NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX push_subscriptions_by_user ON push_subscriptions (user_id, push_id);

CREATE TABLE push_messages (
    message_id TEXT NOT NULL PRIMARY KEY,
    push_id TEXT NOT NULL REFERENCES push_subscriptions (push_id) ON DELETE CASCADE,
    payload TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX push_messages_due ON push_messages (due_at);
CREATE INDEX push_messages_of_subscription ON push_messages (push_id, message_id);
