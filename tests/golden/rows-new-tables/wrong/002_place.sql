-- up
CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
ALTER TABLE device ADD COLUMN place_id INTEGER;
UPDATE device SET place_id = (SELECT p.id FROM place AS p WHERE p.name = device.place);
-- down
ALTER TABLE device DROP COLUMN place_id;
DROP TABLE place;
