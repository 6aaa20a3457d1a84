-- up
ALTER TABLE users ADD COLUMN email TEXT;
-- down
CREATE TABLE users_old (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users_old SELECT id, name FROM users WHERE name <> '';
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
