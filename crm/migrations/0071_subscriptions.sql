-- What citizens follow. target tells one thing from another for the same citizen; street_key is the street's folded name.
CREATE TABLE subscriptions (
    id         TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    target     TEXT NOT NULL,
    name       TEXT NOT NULL,
    street_key TEXT NOT NULL,
    lon        DOUBLE PRECISION,
    lat        DOUBLE PRECISION,
    radius_m   BIGINT NOT NULL,
    since      TEXT NOT NULL,
    UNIQUE (citizen_id, target)
);
CREATE INDEX subscriptions_by_street ON subscriptions (street_key);
CREATE INDEX subscriptions_by_place ON subscriptions (kind, lat);

-- What the office has given notice of, and the messages that tell it.
CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    officer    TEXT NOT NULL,
    topic      TEXT NOT NULL,
    street     TEXT NOT NULL,
    lon        DOUBLE PRECISION,
    lat        DOUBLE PRECISION,
    radius_m   BIGINT NOT NULL,
    title      TEXT NOT NULL,
    text       TEXT NOT NULL,
    link       TEXT NOT NULL,
    until_on   TEXT NOT NULL,
    created_at TEXT NOT NULL
);
ALTER TABLE inbox ADD COLUMN notice_id TEXT REFERENCES notices (id) ON DELETE CASCADE;
