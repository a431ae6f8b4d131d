-- The key under which a person's own devices keep drafts and what is still to be sent. One for each person, so that what one login kept the
-- next one reads; it goes with the person. A session gets it once.
CREATE TABLE vault_keys (
    citizen_id TEXT PRIMARY KEY REFERENCES citizens (id) ON DELETE CASCADE,
    vault_key  TEXT NOT NULL,
    created_at TEXT NOT NULL
);
ALTER TABLE sessions ADD COLUMN vault_given_at TEXT;
