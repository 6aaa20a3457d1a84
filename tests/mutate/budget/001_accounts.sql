-- Description: Accounts, and what is booked on them

-- up
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
    opened TEXT
);
CREATE TABLE booking (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    amount REAL NOT NULL,
    text TEXT NOT NULL DEFAULT ''
);
CREATE INDEX booking_day ON booking (account, day);

-- down
DROP TABLE booking;
DROP TABLE account;
