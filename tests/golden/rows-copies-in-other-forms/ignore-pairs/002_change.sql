-- up
CREATE TABLE log_new(id INTEGER PRIMARY KEY, host TEXT, line TEXT, UNIQUE(host, line));
INSERT OR IGNORE INTO log_new SELECT * FROM log;
DROP TABLE log;
ALTER TABLE log_new RENAME TO log;
-- down
CREATE TABLE log_new(id INTEGER PRIMARY KEY, host TEXT, line TEXT);
INSERT INTO log_new SELECT * FROM log;
DROP TABLE log;
ALTER TABLE log_new RENAME TO log;
