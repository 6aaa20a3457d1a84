-- Description: A booking cannot be of nothing, and has a receipt
-- Lossy: bookings of nothing are dropped
-- Allow: rebuild-loses: nothing is no amount to begin with

-- up
DROP TRIGGER booking_taken;
CREATE TABLE booking_new (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    cents INTEGER NOT NULL CHECK (cents <> 0),
    category INTEGER REFERENCES category (id) ON DELETE SET NULL,
    payee INTEGER REFERENCES payee (id),
    receipt BLOB
);
INSERT INTO booking_new (id, account, day, text, cents, category, payee)
    SELECT id, account, day, text, cents, category, payee FROM booking WHERE cents <> 0;
DROP TABLE booking;
ALTER TABLE booking_new RENAME TO booking;
CREATE INDEX booking_day ON booking (account, day);
CREATE INDEX booking_category ON booking (category);
CREATE INDEX booking_payee ON booking (payee);
CREATE TRIGGER booking_summed AFTER INSERT ON booking BEGIN
    INSERT INTO month (account, month, cents) VALUES (new.account, substr(new.day, 1, 7), new.cents)
        ON CONFLICT (account, month) DO UPDATE SET cents = cents + excluded.cents;
END;
CREATE TRIGGER booking_taken AFTER DELETE ON booking BEGIN
    UPDATE month SET cents = cents - old.cents
        WHERE account = old.account AND month = substr(old.day, 1, 7);
END;

-- down
CREATE TABLE booking_old (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    cents INTEGER NOT NULL DEFAULT 0,
    category INTEGER REFERENCES category (id) ON DELETE SET NULL,
    payee INTEGER REFERENCES payee (id)
);
INSERT INTO booking_old (id, account, day, text, cents, category, payee)
    SELECT id, account, day, text, cents, category, payee FROM booking;
DROP TABLE booking;
ALTER TABLE booking_old RENAME TO booking;
CREATE INDEX booking_day ON booking (account, day);
CREATE INDEX booking_category ON booking (category);
CREATE INDEX booking_payee ON booking (payee);
CREATE TRIGGER booking_summed AFTER INSERT ON booking BEGIN
    INSERT INTO month (account, month, cents) VALUES (new.account, substr(new.day, 1, 7), new.cents)
        ON CONFLICT (account, month) DO UPDATE SET cents = cents + excluded.cents;
END;
CREATE TRIGGER booking_taken AFTER DELETE ON booking BEGIN
    UPDATE month SET cents = cents - old.cents
        WHERE account = old.account AND month = substr(old.day, 1, 7);
END;
