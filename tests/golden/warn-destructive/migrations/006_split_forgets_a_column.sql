-- up
CREATE TABLE mails (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
INSERT INTO mails (id, email) SELECT id, '' FROM users;
DROP TABLE users;
-- down
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
DROP TABLE mails;
