-- A server may answer a report with a token first, and with its own name for it later: until then request_id is empty and the token is asked about.
ALTER TABLE forwards ADD COLUMN token TEXT;
