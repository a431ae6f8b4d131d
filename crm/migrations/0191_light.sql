-- Light login by a code that is sent to an e-mail address. Addresses are in small letters. browser_hash: of the browser that asked. is_known: a letter
-- was written; without one no code leads in. Rows stay for an hour, so that what is asked for one address is counted; used_at: it has led in.
CREATE TABLE light_codes (
    browser_hash TEXT PRIMARY KEY,
    email        TEXT NOT NULL,
    code_hash    TEXT NOT NULL,
    is_known     BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    created_at   TEXT NOT NULL,
    used_at      TEXT
);
CREATE INDEX light_codes_by_email ON light_codes (email, created_at);

-- Who is in by a code: an address, and nobody by name.
CREATE TABLE light_sessions (
    id_hash    TEXT PRIMARY KEY,
    email      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ends_at    TEXT NOT NULL
);
CREATE INDEX citizens_by_email ON citizens (LOWER(email));
