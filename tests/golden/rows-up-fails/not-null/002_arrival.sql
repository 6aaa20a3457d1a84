-- up
ALTER TABLE guest ADD COLUMN arrival TEXT NOT NULL;
-- down
ALTER TABLE guest DROP COLUMN arrival;
