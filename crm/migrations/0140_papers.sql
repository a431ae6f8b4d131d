-- People without anything, for whom the desk has made an identity: the citizen's issuer is 'desk'. code_hash: of the code on their paper, absent
-- until it is printed. second_id: who of the desk has confirmed. taken_by: the account whose everything is since taken_at.
CREATE TABLE papers (
    citizen_id   TEXT PRIMARY KEY REFERENCES citizens (id) ON DELETE CASCADE,
    code_hash    TEXT UNIQUE,
    volunteer_id TEXT NOT NULL REFERENCES volunteers (id),
    second_id    TEXT NOT NULL REFERENCES volunteers (id),
    made_at      TEXT NOT NULL,
    taken_at     TEXT,
    taken_by     TEXT REFERENCES citizens (id)
);
CREATE INDEX papers_by_taker ON papers (taken_by);
-- Who is to be made, as JSON, until a colleague has confirmed.
ALTER TABLE consents ADD COLUMN person TEXT NOT NULL DEFAULT '';

-- What is about to be sent in a help, one thing at a time: content as it will be sent (JSON), fingerprint its hash. state: asked, confirmed, wrong.
-- It is gone when it was sent, and when the help ends.
CREATE TABLE shown (
    help_id     TEXT PRIMARY KEY REFERENCES helps (id) ON DELETE CASCADE,
    citizen_id  TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    id          TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    content     TEXT NOT NULL,
    updates     TEXT NOT NULL,
    state       TEXT NOT NULL,
    shown_at    TEXT NOT NULL
);
CREATE INDEX shown_by_citizen ON shown (citizen_id);
-- 1: nobody is told of this case outside of the personal area.
ALTER TABLE cases ADD COLUMN quiet BIGINT NOT NULL DEFAULT 0;
