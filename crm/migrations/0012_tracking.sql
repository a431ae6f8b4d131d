-- Reports of people who did not sign in. Each has an owner of its own in citizens (issuer 'nobody'), so that every rule about
-- owners holds; whoever knows the code may ask how it goes. Code and token are kept as SHA-256 only.
CREATE TABLE tracking (
    case_id     TEXT PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    owner_id    TEXT NOT NULL REFERENCES citizens (id),
    code_hash   TEXT NOT NULL UNIQUE,
    token_hash  TEXT NOT NULL UNIQUE,
    token_until TEXT NOT NULL
);
