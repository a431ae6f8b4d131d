-- Reports that came by Open311: client is whose api_key sent them. It may ask for them before they are public.
CREATE TABLE open311_received (
    case_id TEXT PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    client  TEXT NOT NULL
);
