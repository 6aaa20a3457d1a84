-- Description: rooms are in a building
-- up
CREATE TABLE rooms_new (
    id INTEGER PRIMARY KEY,
    building TEXT NOT NULL DEFAULT 'main',
    name TEXT NOT NULL UNIQUE,
    floor INTEGER,
    seats INTEGER NOT NULL DEFAULT 24 CHECK (seats > 0),
    has_piano INTEGER NOT NULL DEFAULT 0
);
INSERT INTO rooms_new (id, name, floor, seats) SELECT id, name, floor, seats FROM rooms;
DROP TABLE rooms;
ALTER TABLE rooms_new RENAME TO rooms;
-- down
CREATE TABLE rooms_old (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seats INTEGER NOT NULL DEFAULT 24 CHECK (seats > 0),
    floor INTEGER
);
INSERT INTO rooms_old (id, name, seats, floor) SELECT id, name, seats, floor FROM rooms;
DROP TABLE rooms;
ALTER TABLE rooms_old RENAME TO rooms;
