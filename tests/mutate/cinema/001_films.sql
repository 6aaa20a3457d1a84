-- Description: films, halls and shows
-- up
CREATE TABLE films (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    director TEXT,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    language TEXT NOT NULL DEFAULT 'en'
) STRICT;
CREATE TABLE halls (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seats INTEGER NOT NULL
) STRICT;
CREATE TABLE shows (
    id INTEGER PRIMARY KEY,
    film INTEGER NOT NULL REFERENCES films (id),
    hall INTEGER NOT NULL REFERENCES halls (id),
    begins_at INTEGER NOT NULL,
    price INTEGER NOT NULL DEFAULT 900
) STRICT;
CREATE INDEX shows_film ON shows (film);
CREATE INDEX shows_hall ON shows (hall, begins_at);
-- down
DROP TABLE shows;
DROP TABLE halls;
DROP TABLE films;
