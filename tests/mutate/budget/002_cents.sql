-- Description: Amounts are whole cents

-- up
ALTER TABLE booking ADD COLUMN cents INTEGER NOT NULL DEFAULT 0;
UPDATE booking SET cents = CAST(round(amount * 100) AS INTEGER);
ALTER TABLE booking DROP COLUMN amount;

-- down
CREATE TABLE booking_old (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    amount REAL NOT NULL,
    text TEXT NOT NULL DEFAULT ''
);
INSERT INTO booking_old (id, account, day, amount, text)
    SELECT id, account, day, cents / 100.0, text FROM booking;
DROP TABLE booking;
ALTER TABLE booking_old RENAME TO booking;
CREATE INDEX booking_day ON booking (account, day);
