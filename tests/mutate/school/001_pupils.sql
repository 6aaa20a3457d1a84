-- Description: pupils, classes and the rooms they meet in
-- up
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seats INTEGER NOT NULL DEFAULT 24 CHECK (seats > 0),
    floor INTEGER
);
CREATE TABLE classes (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    year INTEGER NOT NULL,
    room INTEGER REFERENCES rooms (id)
);
CREATE UNIQUE INDEX classes_title ON classes (title, year);
CREATE INDEX classes_room ON classes (room);
CREATE TABLE pupils (
    id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    born TEXT,
    class INTEGER NOT NULL REFERENCES classes (id),
    phone TEXT
);
CREATE INDEX pupils_class ON pupils (class);
-- down
DROP TABLE pupils;
DROP TABLE classes;
DROP TABLE rooms;
