-- Questionnaires. info is JSON: what the office says about it, in its languages. results is JSON: what was published.
-- token_key signs the tokens of an anonymous one (PKCS#8, base64), register_file names the file of the key of its register; both are there
-- while it is open, and gone when it is closed.
CREATE TABLE questionnaires (
    id            TEXT PRIMARY KEY,
    key           TEXT NOT NULL UNIQUE,
    version       BIGINT NOT NULL,
    info          TEXT NOT NULL,
    is_anonymous  BIGINT NOT NULL,
    is_for_all    BIGINT NOT NULL,
    opened_at     TEXT,
    closes_on     TEXT NOT NULL,
    closed_at     TEXT,
    results       TEXT,
    token_key     TEXT,
    register_file TEXT,
    created_at    TEXT NOT NULL
);

-- What was asked, version by version: JSON.
CREATE TABLE questionnaire_versions (
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    version          BIGINT NOT NULL,
    definition       TEXT NOT NULL,
    officer          TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    PRIMARY KEY (questionnaire_id, version)
);

-- Whom a questionnaire names, by codice fiscale.
CREATE TABLE questionnaire_invited (
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    fiscal_code      TEXT NOT NULL,
    PRIMARY KEY (questionnaire_id, fiscal_code)
);

-- Answers that are not sent yet. revision counts the changes, as in drafts.
CREATE TABLE questionnaire_drafts (
    citizen_id       TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    version          BIGINT NOT NULL,
    answers          TEXT NOT NULL,
    place            TEXT NOT NULL,
    revision         BIGINT NOT NULL,
    changed_at       TEXT NOT NULL,
    PRIMARY KEY (citizen_id, questionnaire_id)
);

-- Answers under a name. number counts them: 1 is the first.
CREATE TABLE questionnaire_answers (
    citizen_id       TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    version          BIGINT NOT NULL,
    language         TEXT NOT NULL,
    answers          TEXT NOT NULL,
    number           BIGINT NOT NULL,
    changed_at       TEXT NOT NULL,
    PRIMARY KEY (citizen_id, questionnaire_id)
);
CREATE INDEX questionnaire_answers_by_questionnaire ON questionnaire_answers (questionnaire_id);

-- Answers under nobody's name (docs/adr/0014): a token's hash, and the day of the last change. Nothing here, and nothing that points here,
-- says whose they are.
CREATE TABLE questionnaire_ballots (
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    token_hash       TEXT NOT NULL,
    version          BIGINT NOT NULL,
    language         TEXT NOT NULL,
    answers          TEXT NOT NULL,
    changed_on       TEXT NOT NULL,
    PRIMARY KEY (questionnaire_id, token_hash)
);

-- That somebody has been given a token, while the questionnaire is open: mark is their identifier under a key that is not in the database.
-- blinded is the hash of what was signed for them, so that an answer that was lost can be given again.
CREATE TABLE questionnaire_register (
    questionnaire_id TEXT NOT NULL REFERENCES questionnaires (id) ON DELETE CASCADE,
    mark             TEXT NOT NULL,
    blinded          TEXT NOT NULL,
    PRIMARY KEY (questionnaire_id, mark)
);
