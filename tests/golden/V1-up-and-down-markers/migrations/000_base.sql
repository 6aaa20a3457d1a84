-- up
CREATE TABLE people(name TEXT NOT NULL);
-- down
DROP TABLE people;
