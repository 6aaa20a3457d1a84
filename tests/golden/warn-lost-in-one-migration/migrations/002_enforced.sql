-- Foreign-Keys: on
-- up
CREATE TABLE album_new(id INTEGER PRIMARY KEY, title TEXT NOT NULL, year INTEGER);
INSERT INTO album_new(id, title) SELECT id, title FROM album;
DROP TABLE album;
ALTER TABLE album_new RENAME TO album;
-- down
ALTER TABLE album DROP COLUMN year;
