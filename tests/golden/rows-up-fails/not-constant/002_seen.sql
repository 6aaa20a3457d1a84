-- up
ALTER TABLE guest ADD COLUMN seen INTEGER DEFAULT (random());
-- down
ALTER TABLE guest DROP COLUMN seen;
