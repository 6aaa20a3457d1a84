-- up
CREATE TABLE person_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT, mail TEXT, born TEXT);
INSERT INTO person_new(id, name, phone, mail) SELECT id, name, mail, phone FROM person;
DROP TABLE person;
ALTER TABLE person_new RENAME TO person;
-- down
ALTER TABLE person DROP COLUMN born;
