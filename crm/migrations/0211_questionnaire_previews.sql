-- Addresses under which a definition is tried before anybody is asked. The token itself is known to whoever brought it in.
CREATE TABLE questionnaire_previews (
    token_hash       TEXT PRIMARY KEY,
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    version          BIGINT NOT NULL,
    ends_at          TEXT NOT NULL
);
