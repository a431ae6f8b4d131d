-- The first tables. One text for SQLite and PostgreSQL: identifiers, instants and days are TEXT (they sort as text),
-- counts are BIGINT, degrees DOUBLE PRECISION. Whoever owns a row is named in it, and every query begins with its owner.

-- People, told by who vouches for them (issuer) and the provider's name for them (subject): never by e-mail or codice fiscale.
CREATE TABLE citizens (
    id          TEXT PRIMARY KEY,
    issuer      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    given_name  TEXT NOT NULL,
    family_name TEXT NOT NULL,
    fiscal_code TEXT,
    email       TEXT,
    phone       TEXT,
    created_at  TEXT NOT NULL,
    UNIQUE (issuer, subject)
);

-- Who is signed in. The cookie's value is kept only as its hash; the provider's token only sealed under the cookie's value.
CREATE TABLE sessions (
    id_hash      TEXT PRIMARY KEY,
    citizen_id   TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    scheme       TEXT NOT NULL,
    device       TEXT NOT NULL,
    idle_seconds BIGINT NOT NULL,
    created_at   TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    ends_at      TEXT NOT NULL,
    sealed_token TEXT
);
CREATE INDEX sessions_by_citizen ON sessions (citizen_id);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- Logins that have begun and not come back. Each is used once and forgotten after ten minutes; it ends the old session of its browser.
CREATE TABLE logins (
    state_hash   TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    scheme       TEXT NOT NULL,
    device       TEXT NOT NULL,
    back_to      TEXT NOT NULL,
    nonce        TEXT NOT NULL,
    verifier     TEXT NOT NULL,
    old_session  TEXT,
    created_at   TEXT NOT NULL
);
CREATE INDEX logins_by_age ON logins (created_at);

-- Offices that work on cases. search_text is folded: small letters, no accents.
CREATE TABLE offices (
    key         TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    hours       TEXT NOT NULL,
    phone       TEXT NOT NULL,
    email       TEXT NOT NULL,
    search_text TEXT NOT NULL
);

-- The last number given, one row for each year.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Cases. moved_at says when the town last moved it; import_key tells what an import brought before.
CREATE TABLE cases (
    id              TEXT PRIMARY KEY,
    owner_id        TEXT NOT NULL REFERENCES citizens (id),
    number          TEXT NOT NULL UNIQUE,
    import_key      TEXT UNIQUE,
    kind            TEXT NOT NULL,
    title           TEXT NOT NULL,
    subject         TEXT,
    description     TEXT NOT NULL,
    state           TEXT NOT NULL,
    phase           TEXT NOT NULL,
    opened_at       TEXT NOT NULL,
    moved_at        TEXT NOT NULL,
    due_on          TEXT,
    legal_days      BIGINT,
    task            TEXT,
    task_due_on     TEXT,
    protocol_number TEXT,
    protocol_on     TEXT,
    office_key      TEXT NOT NULL REFERENCES offices (key),
    search_text     TEXT NOT NULL
);
CREATE INDEX cases_by_owner ON cases (owner_id, moved_at, id);
CREATE INDEX cases_by_move ON cases (moved_at, id);

-- What happened to a case (happened_at) and what is expected (expected_on), in the order of position.
CREATE TABLE steps (
    case_id     TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    position    BIGINT NOT NULL,
    state       TEXT NOT NULL,
    happened_at TEXT,
    expected_on TEXT,
    note        TEXT NOT NULL,
    by_citizen  BIGINT NOT NULL,
    office_name TEXT NOT NULL,
    channel     TEXT NOT NULL,
    PRIMARY KEY (case_id, position)
);

-- Documents of a case, kept as files under their own random name.
CREATE TABLE documents (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    owner_id   TEXT NOT NULL REFERENCES citizens (id),
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    added_at   TEXT NOT NULL,
    file       TEXT NOT NULL
);
CREATE INDEX documents_by_case ON documents (case_id, added_at);

-- Photos and PDFs that citizens send; case_id once a report holds them, position its place in the report.
CREATE TABLE attachments (
    id          TEXT PRIMARY KEY,
    owner_id    TEXT NOT NULL REFERENCES citizens (id),
    case_id     TEXT REFERENCES cases (id),
    position    BIGINT NOT NULL,
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    bytes       BIGINT NOT NULL,
    sent_sha256 TEXT NOT NULL,
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    added_at    TEXT NOT NULL,
    file        TEXT NOT NULL
);
CREATE INDEX attachments_by_case ON attachments (case_id);
CREATE INDEX attachments_by_owner ON attachments (owner_id, added_at);

-- The street report behind a case. answers is a JSON object: code of the question to answer.
CREATE TABLE reports (
    case_id         TEXT PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    owner_id        TEXT NOT NULL REFERENCES citizens (id),
    category        TEXT NOT NULL,
    street          TEXT NOT NULL,
    house_number    TEXT NOT NULL,
    lon             DOUBLE PRECISION,
    lat             DOUBLE PRECISION,
    accuracy_m      DOUBLE PRECISION,
    details         TEXT NOT NULL,
    answers         TEXT NOT NULL,
    privacy_version TEXT NOT NULL,
    privacy_at      TEXT NOT NULL
);

-- Answers already given, by Idempotency-Key. scope is whose key it is; kept is 'always' or 'days'.
CREATE TABLE answers (
    scope       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status      BIGINT NOT NULL,
    location    TEXT,
    body        TEXT NOT NULL,
    kept        TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    PRIMARY KEY (scope, key)
);
