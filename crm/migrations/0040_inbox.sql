-- What the town tells a citizen. kind, state and note are facts; the words are the app's. search_text is folded.
CREATE TABLE inbox (
    id          TEXT PRIMARY KEY,
    owner_id    TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    case_id     TEXT REFERENCES cases (id) ON DELETE CASCADE,
    report_id   TEXT REFERENCES public_reports (id) ON DELETE CASCADE,
    state       TEXT,
    title       TEXT NOT NULL,
    note        TEXT NOT NULL,
    search_text TEXT NOT NULL,
    sent_at     TEXT NOT NULL,
    read_at     TEXT,
    archived_at TEXT
);
CREATE INDEX inbox_by_owner ON inbox (owner_id, sent_at, id);
CREATE INDEX inbox_by_case ON inbox (case_id);

-- The live line of each citizen: what has changed, in the order in which it was committed. citizens.events counts them.
CREATE TABLE events (
    owner_id   TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    case_id    TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (owner_id, position)
);
CREATE INDEX events_by_age ON events (created_at);
ALTER TABLE citizens ADD COLUMN events BIGINT NOT NULL DEFAULT 0;
