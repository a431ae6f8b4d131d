-- What kind of device a session is on, and which browser: words from a closed list, never what the browser said of itself.
ALTER TABLE sessions ADD COLUMN machine TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
