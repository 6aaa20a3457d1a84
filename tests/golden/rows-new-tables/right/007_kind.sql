-- up
CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE shape(id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO shape(name) WITH kind(name) AS (VALUES('round')) SELECT name FROM kind;
-- down
DROP TABLE shape;
DROP TABLE kind;
