-- up
ALTER TABLE users ADD COLUMN phone TEXT;
-- down
ALTER TABLE users DROP COLUMN phone;
-- test
INSERT INTO users (id, email) VALUES (1, 'ann@example.com');
INSERT INTO users (id, email, phone) VALUES (2, 'bob@example.com', '555');
