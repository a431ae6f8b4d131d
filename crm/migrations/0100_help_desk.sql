-- The help desk. Volunteers are told by who vouches for them, as citizens are; one who was removed stays, without a way in.
CREATE TABLE volunteers (
    id         TEXT PRIMARY KEY,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    removed_at TEXT,
    UNIQUE (issuer, subject)
);

-- Volunteers who are signed in: each row a browser. The cookie's value is kept only as its hash.
CREATE TABLE desk_sessions (
    id_hash      TEXT PRIMARY KEY,
    volunteer_id TEXT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    created_at   TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    ends_at      TEXT NOT NULL,
    sealed_token TEXT
);
ALTER TABLE logins ADD COLUMN for_desk BIGINT NOT NULL DEFAULT 0;

-- A volunteer helps a citizen. active_volunteer and active_citizen are theirs while it goes on and nobody's afterwards: one at a time for each.
-- page_hash: what the page knows that it began in. checked_at: when its browser was found clean.
CREATE TABLE helps (
    id               TEXT PRIMARY KEY,
    session          TEXT NOT NULL UNIQUE,
    desk_hash        TEXT NOT NULL,
    volunteer_id     TEXT NOT NULL REFERENCES volunteers (id),
    citizen_id       TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    way              TEXT NOT NULL,
    scopes           TEXT NOT NULL,
    pin_hash         TEXT NOT NULL,
    pin_tries        BIGINT NOT NULL,
    page_hash        TEXT NOT NULL,
    began_at         TEXT NOT NULL,
    ends_at          TEXT NOT NULL,
    ended_at         TEXT,
    end_reason       TEXT,
    checked_at       TEXT,
    active_volunteer TEXT UNIQUE,
    active_citizen   TEXT UNIQUE
);
CREATE INDEX helps_by_desk ON helps (desk_hash, began_at);
ALTER TABLE sessions ADD COLUMN help_id TEXT REFERENCES helps (id) ON DELETE CASCADE;

-- What citizens are asked. way: phone, code, room. state: asked, given, refused, lapsed, used. second_id: who of the desk has confirmed.
CREATE TABLE consents (
    id           TEXT PRIMARY KEY,
    desk_hash    TEXT NOT NULL,
    volunteer_id TEXT NOT NULL REFERENCES volunteers (id),
    help_id      TEXT REFERENCES helps (id) ON DELETE CASCADE,
    citizen_id   TEXT REFERENCES citizens (id) ON DELETE CASCADE,
    fiscal_code  TEXT NOT NULL,
    way          TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    minutes      BIGINT NOT NULL,
    language     TEXT NOT NULL,
    document     TEXT,
    code_hash    TEXT UNIQUE,
    tries        BIGINT NOT NULL,
    pin_hash     TEXT NOT NULL,
    state        TEXT NOT NULL,
    asked_at     TEXT NOT NULL,
    until_at     TEXT NOT NULL,
    given_at     TEXT,
    second_id    TEXT REFERENCES volunteers (id)
);
CREATE INDEX consents_by_desk ON consents (desk_hash, asked_at);
CREATE INDEX consents_by_state ON consents (way, state, until_at);

-- Who did what with a citizen's data. Each row carries the hash of itself and of the one before (crm/src/help_desk/log.rs); nothing is
-- ever changed here. It outlives what it speaks of, so nothing in it refers to other tables.
CREATE TABLE access_log (
    position   BIGINT PRIMARY KEY,
    citizen_id TEXT NOT NULL,
    at         TEXT NOT NULL,
    actor      TEXT NOT NULL,
    name       TEXT NOT NULL,
    action     TEXT NOT NULL,
    case_id    TEXT,
    why        TEXT NOT NULL,
    session    TEXT NOT NULL,
    hash       TEXT NOT NULL
);
CREATE INDEX access_log_by_citizen ON access_log (citizen_id, position);
CREATE INDEX access_log_by_session ON access_log (session, position);
CREATE TABLE access_log_head (
    id       BIGINT PRIMARY KEY,
    position BIGINT NOT NULL,
    hash     TEXT NOT NULL
);
INSERT INTO access_log_head (id, position, hash) VALUES (1, 0, '');

-- What a citizen does not recognise, and the case about it.
CREATE TABLE disputes (
    position   BIGINT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    case_id    TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE
);
