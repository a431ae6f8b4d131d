-- Reports handed on to another Open311 server, and what it last said of them. request_id is its own name for the report;
-- status is open or closed; notes is NULL until it has been asked once.
CREATE TABLE forwards (
    case_id    TEXT PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    request_id TEXT NOT NULL,
    status     TEXT NOT NULL,
    notes      TEXT,
    asked_at   TEXT NOT NULL
);
CREATE INDEX forwards_by_asking ON forwards (status, asked_at);
