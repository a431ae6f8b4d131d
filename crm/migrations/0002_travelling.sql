-- Files that travel in pieces. An attachment exists from its announcement or the beginning of its upload; until it is
-- 'ready' (or 'refused'), file is what has arrived, or empty.
-- kind: photo, document, or unknown until the bytes say. length: bytes as they are sent. received: bytes that are safe.
-- announced_sha256: what the report promised. problem: why it was refused (JSON). metadata: Upload-Metadata as it came.
-- expires_at: until when an unfinished upload can go on; absent while there is none. thumbnail: file of the small image.
-- same_as: the file of the same report that has the same bytes; its bytes travel once.
ALTER TABLE attachments ADD COLUMN kind TEXT NOT NULL DEFAULT 'photo';
ALTER TABLE attachments ADD COLUMN state TEXT NOT NULL DEFAULT 'ready';
ALTER TABLE attachments ADD COLUMN problem TEXT;
ALTER TABLE attachments ADD COLUMN length BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN received BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN announced_sha256 TEXT;
ALTER TABLE attachments ADD COLUMN metadata TEXT;
ALTER TABLE attachments ADD COLUMN expires_at TEXT;
ALTER TABLE attachments ADD COLUMN thumbnail TEXT;
ALTER TABLE attachments ADD COLUMN same_as TEXT;
UPDATE attachments SET kind = 'document' WHERE media_type = 'application/pdf';
CREATE INDEX attachments_by_expiry ON attachments (expires_at);
