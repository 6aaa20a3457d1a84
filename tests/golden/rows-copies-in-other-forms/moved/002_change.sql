-- up
ALTER TABLE place ADD COLUMN code INTEGER;
UPDATE place SET name = trim(name), code = "Zip" WHERE zip IS NOT NULL;
ALTER TABLE place DROP COLUMN zip;
-- down
CREATE TABLE old(id INTEGER PRIMARY KEY, zip TEXT, name TEXT);
INSERT INTO old SELECT id, code, name FROM place;
DROP TABLE place;
ALTER TABLE old RENAME TO place;
