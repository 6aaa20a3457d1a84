-- up
CREATE TABLE mails (user_id INTEGER PRIMARY KEY REFERENCES users (id), address TEXT NOT NULL);
INSERT INTO mails SELECT id, email FROM users;
ALTER TABLE users DROP COLUMN email;
-- down
CREATE TABLE users_old (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT);
INSERT INTO users_old SELECT id, address, name FROM users JOIN mails ON user_id = id;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
DROP TABLE mails;
