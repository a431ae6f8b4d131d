-- How a citizen reads most easily: the contract's Comfort, as JSON.
CREATE TABLE comfort (
    citizen_id TEXT PRIMARY KEY REFERENCES citizens (id) ON DELETE CASCADE,
    settings   TEXT NOT NULL
);
