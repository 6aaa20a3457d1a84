-- up
DROP TABLE logs;
ALTER TABLE users DROP COLUMN phone;
-- down
ALTER TABLE users ADD COLUMN phone TEXT;
CREATE TABLE users_old (id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT, age INTEGER DEFAULT 0);
INSERT INTO users_old SELECT id, email, phone, age FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT NOT NULL);
