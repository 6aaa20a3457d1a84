-- Description: shows end, and have a kind
-- up
CREATE TABLE shows_new (
    id INTEGER PRIMARY KEY,
    film INTEGER NOT NULL REFERENCES films (id),
    hall INTEGER NOT NULL REFERENCES halls (id),
    begins_at INTEGER NOT NULL,
    ends_at INTEGER,
    kind TEXT NOT NULL DEFAULT '2d' CHECK (kind IN ('2d', '3d')),
    price INTEGER NOT NULL DEFAULT 900
) STRICT;
INSERT INTO shows_new (id, film, hall, begins_at, price)
    SELECT id, film, hall, begins_at, price FROM shows;
DROP TABLE shows;
ALTER TABLE shows_new RENAME TO shows;
CREATE INDEX shows_film ON shows (film);
CREATE INDEX shows_hall ON shows (hall, begins_at);
-- down
CREATE TABLE shows_old (
    id INTEGER PRIMARY KEY,
    film INTEGER NOT NULL REFERENCES films (id),
    hall INTEGER NOT NULL REFERENCES halls (id),
    begins_at INTEGER NOT NULL,
    price INTEGER NOT NULL DEFAULT 900
) STRICT;
INSERT INTO shows_old (id, film, hall, begins_at, price)
    SELECT id, film, hall, begins_at, price FROM shows;
DROP TABLE shows;
ALTER TABLE shows_old RENAME TO shows;
CREATE INDEX shows_film ON shows (film);
CREATE INDEX shows_hall ON shows (hall, begins_at);
