-- up
CREATE TABLE album(id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE photo(id INTEGER PRIMARY KEY, album INTEGER REFERENCES album(id) ON DELETE CASCADE, x INTEGER);
CREATE INDEX photo_album ON photo(album);
CREATE TABLE member(id INTEGER PRIMARY KEY, person INTEGER, club INTEGER);
CREATE UNIQUE INDEX member_once ON member(person, club);
CREATE INDEX member_club ON member(club);
CREATE TABLE member_new(id INTEGER PRIMARY KEY, person INTEGER, club INTEGER NOT NULL DEFAULT 0);
INSERT INTO member_new SELECT id, person, coalesce(club, 0) FROM member;
DROP TABLE member;
ALTER TABLE member_new RENAME TO member;
CREATE INDEX member_by_club ON member(club);
-- down
DROP TABLE member;
DROP TABLE photo;
DROP TABLE album;
