-- Copies of everything that is kept of a citizen. running_for is theirs while one is being made and nobody's afterwards: one at a time.
-- state: preparing, ready, failed, over. file: the zip file, while it can be taken.
CREATE TABLE data_copies (
    id          TEXT PRIMARY KEY,
    citizen_id  TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    running_for TEXT UNIQUE,
    state       TEXT NOT NULL,
    language    TEXT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    file        TEXT,
    bytes       BIGINT NOT NULL DEFAULT 0,
    asked_at    TEXT NOT NULL,
    ended_at    TEXT,
    until_at    TEXT
);
CREATE INDEX data_copies_by_citizen ON data_copies (citizen_id, asked_at);
CREATE INDEX data_copies_by_end ON data_copies (until_at);

-- What citizens have said yes (1) and no (0) to, and on which page. Rows are only ever added.
CREATE TABLE choices_said (
    id         TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    subject    TEXT NOT NULL,
    is_given   BIGINT NOT NULL,
    place      TEXT NOT NULL,
    said_at    TEXT NOT NULL
);
CREATE INDEX choices_said_by_citizen ON choices_said (citizen_id, said_at, id);
