-- up
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO people SELECT * FROM users;
CREATE TEMP TABLE scratch AS SELECT user_id, address FROM mails;
DELETE FROM scratch;
DROP TABLE scratch;
CREATE TABLE mails_new (user_id INTEGER PRIMARY KEY REFERENCES people (id), address TEXT NOT NULL);
INSERT INTO mails_new SELECT user_id, address FROM mails;
DROP TABLE mails;
ALTER TABLE mails_new RENAME TO mails;
DROP TABLE users;
-- down
ALTER TABLE people RENAME TO users;
CREATE TABLE mails_new (user_id INTEGER PRIMARY KEY REFERENCES users (id), address TEXT NOT NULL);
INSERT INTO mails_new SELECT user_id, address FROM mails;
DROP TABLE mails;
ALTER TABLE mails_new RENAME TO mails;
