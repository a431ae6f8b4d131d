-- Files that answers to a questionnaire name. They are their owner's, as those of cases are.
ALTER TABLE attachments ADD COLUMN questionnaire_id TEXT REFERENCES questionnaires (id) ON DELETE CASCADE;
CREATE INDEX attachments_by_questionnaire ON attachments (questionnaire_id);
