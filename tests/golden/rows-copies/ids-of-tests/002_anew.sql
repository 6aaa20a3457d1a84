-- up
CREATE TABLE person_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT);
INSERT INTO person_new(name) SELECT name FROM person;
DROP TABLE person;
ALTER TABLE person_new RENAME TO person;
-- down
ALTER TABLE person DROP COLUMN mail;
-- test
INSERT INTO person VALUES (1, 'Ada'), (2, 'Grace');
