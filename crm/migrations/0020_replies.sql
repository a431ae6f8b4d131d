-- What follows a report: messages both ways, the verdict on the repair, the rating.
-- steps.kind: move, question, message, confirmed, reopened. attachments.step: the step a file came with (steps.position),
-- absent for the report's own files. attachments.office: the office's tool that sent it, empty for the citizen.
ALTER TABLE steps ADD COLUMN kind TEXT NOT NULL DEFAULT 'move';
ALTER TABLE attachments ADD COLUMN step BIGINT;
ALTER TABLE attachments ADD COLUMN office TEXT NOT NULL DEFAULT '';

-- One for each case, never changed.
CREATE TABLE ratings (
    case_id  TEXT PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    owner_id TEXT NOT NULL REFERENCES citizens (id),
    stars    BIGINT NOT NULL,
    reason   TEXT,
    details  TEXT NOT NULL,
    rated_at TEXT NOT NULL
);
