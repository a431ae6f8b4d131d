-- A notice of the office that has more followers than one change should tell: those behind this citizen are still to be told (`subscriptions/notices.rs`).
ALTER TABLE notices ADD COLUMN spread_from TEXT;
CREATE INDEX notices_spreading ON notices (spread_from) WHERE spread_from IS NOT NULL;
