-- up
CREATE TABLE device(id INTEGER PRIMARY KEY, serial TEXT NOT NULL, place TEXT, room TEXT);
-- down
DROP TABLE device;
