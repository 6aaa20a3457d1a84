-- up
CREATE TABLE spot_log(id INTEGER PRIMARY KEY, place TEXT, room TEXT);
INSERT INTO spot_log(id, place, room) SELECT id, place, room FROM spot;
DROP TABLE spot;
-- down
CREATE TABLE spot(id INTEGER PRIMARY KEY, place TEXT, room TEXT);
DROP TABLE spot_log;
