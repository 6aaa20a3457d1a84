-- up
CREATE TABLE log (id INTEGER PRIMARY KEY, at INTEGER DEFAULT (unixepoc()));
INSERT INTO log (id) VALUES (1);
-- down
DROP TABLE log;
