-- What a citizen wants to be told, where. A pair without a row is as the CRM begins (channels/wishes.rs).
CREATE TABLE channel_choices (
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    topic      TEXT NOT NULL,
    channel    TEXT NOT NULL,
    wanted     BIGINT NOT NULL,
    PRIMARY KEY (citizen_id, topic, channel)
);
-- Quiet hours as HH:MM of the town's clocks, both or none.
ALTER TABLE citizens ADD COLUMN quiet_from TEXT;
ALTER TABLE citizens ADD COLUMN quiet_to TEXT;
ALTER TABLE citizens ADD COLUMN tells_content BIGINT NOT NULL DEFAULT 0;
ALTER TABLE citizens ADD COLUMN attaches BIGINT NOT NULL DEFAULT 0;
ALTER TABLE citizens ADD COLUMN postal_address TEXT NOT NULL DEFAULT '';

-- Browsers that are told by Web Push. session_hash: the session it was asked for in; logging out ends both.
CREATE TABLE push_devices (
    id           TEXT PRIMARY KEY,
    citizen_id   TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    session_hash TEXT NOT NULL,
    endpoint     TEXT NOT NULL UNIQUE,
    p256dh       TEXT NOT NULL,
    auth         TEXT NOT NULL,
    name         TEXT NOT NULL,
    added_at     TEXT NOT NULL
);
CREATE INDEX push_devices_by_citizen ON push_devices (citizen_id, added_at);

-- What a citizen was told outside of the app, and how it ended; id is the parcel's in the outbox, or the letter's. topic is absent for tests.
-- state: waiting, quiet, again, done, gone, failed.
CREATE TABLE deliveries (
    id         TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    channel    TEXT NOT NULL,
    topic      TEXT,
    case_id    TEXT REFERENCES cases (id) ON DELETE CASCADE,
    sent_to    TEXT NOT NULL,
    state      TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX deliveries_by_citizen ON deliveries (citizen_id, created_at, id);

-- Letters that the office prints and posts. content (JSON) is emptied when they are.
CREATE TABLE letters (
    id         TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    address    TEXT NOT NULL,
    language   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    content    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    posted_at  TEXT
);
CREATE INDEX letters_by_age ON letters (posted_at, created_at);
