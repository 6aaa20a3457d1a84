-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE box_new(id INTEGER PRIMARY KEY, w INTEGER, h INTEGER, area INTEGER);
CREATE TRIGGER box_area AFTER INSERT ON box_new
BEGIN UPDATE box_new SET area = new.w * new.h WHERE id = new.id; END;
INSERT INTO box_new(id, w, h) SELECT id, w, h FROM box;
DROP TABLE box;
ALTER TABLE box_new RENAME TO box;
