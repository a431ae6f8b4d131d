-- A draft may be a message about a case too: content is the JSON of what it is to become, case_id the case that a message is about.
ALTER TABLE drafts RENAME COLUMN report TO content;
ALTER TABLE drafts ADD COLUMN case_id TEXT REFERENCES cases (id) ON DELETE CASCADE;
