-- Description: Sums of a month, kept by triggers

-- up
CREATE TABLE month (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    month TEXT NOT NULL,
    cents INTEGER NOT NULL,
    PRIMARY KEY (account, month)
) WITHOUT ROWID;
INSERT INTO month (account, month, cents)
    SELECT account, substr(day, 1, 7), sum(cents) FROM booking GROUP BY account, substr(day, 1, 7);
CREATE TRIGGER booking_summed AFTER INSERT ON booking BEGIN
    INSERT INTO month (account, month, cents) VALUES (new.account, substr(new.day, 1, 7), new.cents)
        ON CONFLICT (account, month) DO UPDATE SET cents = cents + excluded.cents;
END;
CREATE TRIGGER booking_taken AFTER DELETE ON booking BEGIN
    UPDATE month SET cents = cents - old.cents
        WHERE account = old.account AND month = substr(old.day, 1, 7);
END;

-- down
DROP TRIGGER booking_taken;
DROP TRIGGER booking_summed;
DROP TABLE month;
