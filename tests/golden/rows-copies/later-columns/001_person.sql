-- up
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- down
DROP TABLE person;
