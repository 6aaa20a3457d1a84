-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE box_new(id INTEGER PRIMARY KEY, w INTEGER, h INTEGER, area INTEGER);
INSERT INTO box_new(id, w, h) SELECT id, w, h FROM box;
REPLACE INTO box_new SELECT id, w, h, area FROM box;
DROP TABLE box;
ALTER TABLE box_new RENAME TO box;
