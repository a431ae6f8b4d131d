-- A person has deleted their data. sealed_at: the law keeps the case, to be read by whose it is and changed by nobody but the office.
-- unlinked_at: the report goes on, or stays public, without the person; what they wrote goes when it is over.
ALTER TABLE cases ADD COLUMN sealed_at TEXT;
ALTER TABLE cases ADD COLUMN unlinked_at TEXT;
CREATE INDEX cases_by_seal ON cases (sealed_at);
CREATE INDEX cases_by_unlinking ON cases (unlinked_at);
-- When somebody has deleted their data; absent again when they come back. The row goes when nothing is kept of them.
ALTER TABLE citizens ADD COLUMN left_at TEXT;
CREATE INDEX citizens_by_leaving ON citizens (left_at);
