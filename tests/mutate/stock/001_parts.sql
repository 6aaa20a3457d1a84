-- Description: Parts, and what sensors measured

-- up
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('thermometer', 'scale', 'meter')),
    place TEXT
);
CREATE TABLE reading (
    device INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (device, at)
) WITHOUT ROWID;

-- down
DROP TABLE reading;
DROP TABLE device;
