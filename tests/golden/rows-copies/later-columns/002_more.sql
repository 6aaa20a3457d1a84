-- up
ALTER TABLE person ADD COLUMN phone TEXT;
ALTER TABLE person ADD COLUMN mail TEXT;
-- down
ALTER TABLE person DROP COLUMN mail;
ALTER TABLE person DROP COLUMN phone;
