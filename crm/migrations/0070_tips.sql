-- Tips that a citizen does not want: each by its key, or all of them.
CREATE TABLE tips_off (
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    off_at     TEXT NOT NULL,
    PRIMARY KEY (citizen_id, key)
);
ALTER TABLE citizens ADD COLUMN tips_off BIGINT NOT NULL DEFAULT 0;
