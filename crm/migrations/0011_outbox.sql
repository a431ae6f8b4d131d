-- Effects outside the database, written in the same change as their cause: letters, reports for another server. state is
-- 'waiting', 'done' or 'given_up'. Whoever delivers one leases it for a while; a lease that runs out frees it again.
-- payload is what to deliver (JSON), and is emptied afterwards: it may be personal.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    payload      TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     BIGINT NOT NULL,
    due_at       TEXT NOT NULL,
    lease        TEXT,
    leased_until TEXT,
    created_at   TEXT NOT NULL,
    ended_at     TEXT,
    failure      TEXT
);
CREATE INDEX outbox_by_due ON outbox (state, due_at);

-- The language to write to a person in: the one they last signed in with.
ALTER TABLE citizens ADD COLUMN language TEXT NOT NULL DEFAULT 'it';
ALTER TABLE logins ADD COLUMN language TEXT NOT NULL DEFAULT 'it';
