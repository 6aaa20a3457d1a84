-- up
ALTER TABLE users ADD COLUMN phone TEXT;
-- down
ALTER TABLE users DROP COLUMN phone;
-- test
INSERT INTO users (id) VALUES (1);
