-- up
ALTER TABLE users ADD COLUMN mail TEXT;
-- down
ALTER TABLE users DROP COLUMN mail;
