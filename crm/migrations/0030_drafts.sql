-- Drafts that people go on with on another device. id is the device's own, so two people may have the same one; report is JSON.
-- version counts the changes, so that a device that is behind does not overwrite what another one wrote.
CREATE TABLE drafts (
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    id         TEXT NOT NULL,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,
    report     TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (citizen_id, id)
);
CREATE INDEX drafts_by_change ON drafts (changed_at);
