-- Delegations: a citizen lets another act for them. delegate_id: who has accepted, nobody's before. meant_for: the name as it was typed. case_id:
-- only this case. tells: the delegate hears of what is new. code_hash: of the code that waits for them until code_until, gone once it was used.
-- end_reason: giver, delegate, lapsed (the code was not used in time), time; what is over by its last day has no row change of its own.
CREATE TABLE delegations (
    id          TEXT PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE,
    citizen_id  TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    delegate_id TEXT REFERENCES citizens (id) ON DELETE CASCADE,
    meant_for   TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    case_id     TEXT REFERENCES cases (id) ON DELETE CASCADE,
    tells       BIGINT NOT NULL,
    code_hash   TEXT UNIQUE,
    code_until  TEXT NOT NULL,
    until_on    TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    accepted_at TEXT,
    ended_at    TEXT,
    end_reason  TEXT
);
CREATE INDEX delegations_by_citizen ON delegations (citizen_id, made_at);
CREATE INDEX delegations_by_delegate ON delegations (delegate_id, made_at);

-- For whom a session acts now; its citizen_id stays who has logged in.
ALTER TABLE sessions ADD COLUMN acts_for TEXT REFERENCES delegations (id) ON DELETE SET NULL;
-- Who did it for the citizen, by name; empty when they did it themselves.
ALTER TABLE steps ADD COLUMN by_delegate TEXT NOT NULL DEFAULT '';
