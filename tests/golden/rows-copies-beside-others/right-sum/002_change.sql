-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TEMP TABLE held AS SELECT * FROM item;
DROP TABLE item;
CREATE TABLE item(id INTEGER PRIMARY KEY, total INTEGER);
INSERT INTO item(total) SELECT count(*) FROM held;
DROP TABLE held;
