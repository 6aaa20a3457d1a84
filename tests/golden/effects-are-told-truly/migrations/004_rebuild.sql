-- Lossy: stars
-- up
CREATE TEMP TABLE kept(id);
INSERT INTO kept SELECT id FROM works;
CREATE TABLE works_new(id INTEGER PRIMARY KEY, released INT NOT NULL DEFAULT 0, name TEXT);
INSERT INTO works_new(id, released, name) SELECT id, coalesce(released, 0), name FROM works;
DROP TABLE works;
ALTER TABLE works_new RENAME TO works;
CREATE INDEX Books_Year ON works(released);
CREATE VIRTUAL TABLE search USING fts5(name);
INSERT INTO search(rowid, name) SELECT id, name FROM works;
DROP TABLE kept;
-- down
DROP TABLE search;
ALTER TABLE works ADD COLUMN stars INT;
CREATE TABLE works_old(id INTEGER PRIMARY KEY, released INT, name TEXT, Stars INT);
INSERT INTO works_old(id, released, name) SELECT id, released, name FROM works;
DROP TABLE works;
ALTER TABLE works_old RENAME TO works;
CREATE INDEX Books_Year ON works(released);
