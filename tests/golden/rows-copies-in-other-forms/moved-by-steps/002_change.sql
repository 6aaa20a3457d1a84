-- up
ALTER TABLE task ADD COLUMN level INTEGER;
UPDATE task SET level = 1 WHERE priority = 'low';
UPDATE task SET level = 2 WHERE priority = 'high';
UPDATE task SET level = priority WHERE level IS NULL;
ALTER TABLE task DROP COLUMN priority;
ALTER TABLE place ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
UPDATE place SET level = floor WHERE floor = CAST(CAST(floor AS INTEGER) AS TEXT);
ALTER TABLE place DROP COLUMN floor;
-- down
CREATE TABLE old(id INTEGER PRIMARY KEY, priority TEXT NOT NULL CHECK (priority IN ('low', 'high', '3')));
INSERT INTO old SELECT id, CASE level WHEN 1 THEN 'low' WHEN 2 THEN 'high' ELSE level END FROM task;
DROP TABLE task;
ALTER TABLE old RENAME TO task;
ALTER TABLE place ADD COLUMN floor TEXT;
UPDATE place SET floor = level WHERE level <> 0;
ALTER TABLE place DROP COLUMN level;
