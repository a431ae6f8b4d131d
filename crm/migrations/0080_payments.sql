-- What is owed: one row for each payment notice, whoever may see it. state is moved by crm/src/payments/machine.rs alone; until_at: while it
-- is being paid, when the payment page can be used no longer. position_key: what instalments have in common. alarm: other_amount, paid_twice.
CREATE TABLE fees (
    id             TEXT PRIMARY KEY,
    creditor       TEXT NOT NULL,
    creditor_name  TEXT NOT NULL,
    number         TEXT NOT NULL,
    debtor         TEXT NOT NULL,
    debtor_name    TEXT NOT NULL,
    kind           TEXT NOT NULL,
    title          TEXT NOT NULL,
    person         TEXT NOT NULL,
    object         TEXT NOT NULL,
    period         TEXT NOT NULL,
    remittance     TEXT NOT NULL,
    amount         BIGINT NOT NULL,
    reduced_amount BIGINT NOT NULL,
    reduced_until  TEXT,
    due_on         TEXT,
    last_on        TEXT,
    position_key   TEXT NOT NULL,
    part           BIGINT NOT NULL,
    parts          BIGINT NOT NULL,
    office_key     TEXT NOT NULL,
    state          TEXT NOT NULL,
    until_at       TEXT,
    next_check_at  TEXT,
    checks         BIGINT NOT NULL DEFAULT 0,
    paid_at        TEXT,
    alarm          TEXT,
    alarm_at       TEXT,
    told           BIGINT NOT NULL DEFAULT 0,
    moved_at       TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    UNIQUE (creditor, number)
);
CREATE INDEX fees_by_debtor ON fees (debtor);
CREATE INDEX fees_by_position ON fees (creditor, position_key);
CREATE INDEX fees_by_check ON fees (next_check_at);
CREATE INDEX fees_by_state ON fees (state, due_on);

-- Who sees a fee: whose debt it is (is_own), and who has looked up its notice to pay it. search_text is folded.
CREATE TABLE fee_holders (
    citizen_id  TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    fee_id      TEXT NOT NULL REFERENCES fees (id) ON DELETE CASCADE,
    is_own      BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    since       TEXT NOT NULL,
    PRIMARY KEY (citizen_id, fee_id)
);
CREATE INDEX fee_holders_by_fee ON fee_holders (fee_id);

-- Fees that somebody has begun to pay together. location is absent until Checkout has made the cart.
CREATE TABLE carts (
    id          TEXT PRIMARY KEY,
    citizen_id  TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    key         TEXT NOT NULL,
    location    TEXT,
    created_at  TEXT NOT NULL,
    until_at    TEXT NOT NULL,
    returned_at TEXT,
    ended_at    TEXT,
    UNIQUE (citizen_id, key)
);
CREATE INDEX carts_by_age ON carts (ended_at, created_at);
CREATE TABLE cart_fees (
    cart_id TEXT NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    fee_id  TEXT NOT NULL REFERENCES fees (id) ON DELETE CASCADE,
    amount  BIGINT NOT NULL,
    PRIMARY KEY (cart_id, fee_id)
);
CREATE INDEX cart_fees_by_fee ON cart_fees (fee_id);

-- The lock against paying twice: one row for each fee that is being paid.
CREATE TABLE cart_locks (
    fee_id  TEXT PRIMARY KEY REFERENCES fees (id) ON DELETE CASCADE,
    cart_id TEXT NOT NULL REFERENCES carts (id) ON DELETE CASCADE
);
CREATE INDEX cart_locks_by_cart ON cart_locks (cart_id);

-- What the platform (or the office, from a citizen's proof) confirms. fee_id is absent for a notice that is not known here.
CREATE TABLE receipts (
    id         TEXT PRIMARY KEY,
    fee_id     TEXT REFERENCES fees (id) ON DELETE CASCADE,
    creditor   TEXT NOT NULL,
    number     TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    paid_at    TEXT NOT NULL,
    psp        TEXT NOT NULL,
    method     TEXT NOT NULL,
    via        TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    UNIQUE (creditor, number, receipt_id)
);
CREATE INDEX receipts_by_fee ON receipts (fee_id);

-- "Ho la ricevuta".
CREATE TABLE proofs (
    id         TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id) ON DELETE CASCADE,
    fee_id     TEXT NOT NULL REFERENCES fees (id) ON DELETE CASCADE,
    text       TEXT NOT NULL,
    sent_at    TEXT NOT NULL,
    settled_at TEXT
);
CREATE INDEX proofs_by_fee ON proofs (fee_id);
ALTER TABLE attachments ADD COLUMN proof_id TEXT REFERENCES proofs (id) ON DELETE CASCADE;
ALTER TABLE inbox ADD COLUMN fee_id TEXT REFERENCES fees (id) ON DELETE CASCADE;
