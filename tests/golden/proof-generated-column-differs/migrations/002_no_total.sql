-- up
ALTER TABLE items DROP COLUMN total;
-- down
ALTER TABLE items ADD COLUMN total INTEGER;
