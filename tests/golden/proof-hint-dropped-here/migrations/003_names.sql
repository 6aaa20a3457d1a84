-- up
ALTER TABLE users ADD COLUMN name TEXT;
-- down
ALTER TABLE users DROP COLUMN name;
