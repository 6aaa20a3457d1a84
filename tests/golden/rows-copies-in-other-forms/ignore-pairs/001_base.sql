-- up
CREATE TABLE log(id INTEGER PRIMARY KEY, host TEXT, line TEXT);
-- down
DROP TABLE log;
