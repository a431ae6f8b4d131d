-- Street reports as everybody sees them. A row is made when the office takes the report in charge, or says what may be seen;
-- it is shown while the case is in one of the town's public states and hidden is 0. title, text and street are what the
-- office approved, empty when it approved none.
CREATE TABLE public_reports (
    id      TEXT PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE REFERENCES cases (id) ON DELETE CASCADE,
    title   TEXT NOT NULL,
    text    TEXT NOT NULL,
    street  TEXT NOT NULL,
    hidden  BIGINT NOT NULL
);

-- The photos of a public report, each under an identifier that does not lead to the citizen's file.
CREATE TABLE public_photos (
    id            TEXT PRIMARY KEY,
    report_id     TEXT NOT NULL REFERENCES public_reports (id) ON DELETE CASCADE,
    attachment_id TEXT NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
    position      BIGINT NOT NULL,
    UNIQUE (report_id, attachment_id)
);

-- "Anche io": who wants to know how somebody else's report goes.
CREATE TABLE follows (
    citizen_id  TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    report_id   TEXT NOT NULL REFERENCES public_reports (id) ON DELETE CASCADE,
    followed_at TEXT NOT NULL,
    PRIMARY KEY (citizen_id, report_id)
);
CREATE INDEX follows_by_report ON follows (report_id);

-- Public lists begin with what was sent last; similar reports are looked for by category and latitude.
CREATE INDEX cases_by_opening ON cases (kind, opened_at);
CREATE INDEX reports_by_place ON reports (category, lat);
