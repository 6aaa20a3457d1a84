-- up
ALTER TABLE people RENAME COLUMN name TO full_name;
-- down
ALTER TABLE people RENAME COLUMN full_name TO name;
