-- The send-only credential that goes with the vault key to a person's own device: it may post what that person has written there, and
-- read nothing. Kept as a hash. session_hash is the session of that device it was given to, or the one that took its place.
CREATE TABLE credentials (
    token_hash   TEXT PRIMARY KEY,
    citizen_id   TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    session_hash TEXT NOT NULL,
    ends_at      TEXT NOT NULL
);
CREATE INDEX credentials_by_session ON credentials (session_hash);
