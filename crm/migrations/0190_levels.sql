-- How surely the person of a session has proved who they are: 1 password, 2 a second factor, 3 hardware (SPID and CIE; low, substantial, high of eIDAS).
-- Sessions that are open now were let in by the second level.
ALTER TABLE sessions ADD COLUMN level BIGINT NOT NULL DEFAULT 2;
-- The least level that a login under way must reach because something needs it; 0: whatever the town takes.
ALTER TABLE logins ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
