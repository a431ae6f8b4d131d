-- Reminders of a late answer since the office last moved the case, and the day of the last one.
ALTER TABLE cases ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN reminded_on TEXT;
