-- Description: halls have a screen, and films a country
-- up
CREATE TABLE halls_new (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    screen TEXT NOT NULL DEFAULT 'small' CHECK (screen IN ('small', 'large')),
    seats INTEGER NOT NULL
) STRICT;
INSERT INTO halls_new (id, name, seats) SELECT id, name, seats FROM halls;
DROP TABLE halls;
ALTER TABLE halls_new RENAME TO halls;
CREATE TABLE films_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    director TEXT,
    country TEXT,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    language TEXT NOT NULL DEFAULT 'en'
) STRICT;
INSERT INTO films_new (id, title, director, minutes, language)
    SELECT id, title, director, minutes, language FROM films;
DROP TABLE films;
ALTER TABLE films_new RENAME TO films;
-- down
ALTER TABLE halls DROP COLUMN screen;
ALTER TABLE films DROP COLUMN country;
