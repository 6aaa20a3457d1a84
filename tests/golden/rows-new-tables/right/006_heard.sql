-- up
CREATE TABLE heard(id INTEGER PRIMARY KEY, serial TEXT);
CREATE TABLE seen(id INTEGER PRIMARY KEY, serial TEXT);
UPDATE device SET serial = serial;
INSERT INTO seen(serial) SELECT DISTINCT serial FROM heard;
-- down
DROP TABLE seen;
DROP TABLE heard;
