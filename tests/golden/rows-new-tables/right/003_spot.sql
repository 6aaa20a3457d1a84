-- up
CREATE TABLE spot(id INTEGER PRIMARY KEY, place TEXT, room TEXT);
INSERT INTO spot(id, place, room) SELECT d.id, d.place, d.room FROM device AS d;
-- down
DROP TABLE spot;
