-- up
CREATE TABLE class(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- down
DROP TABLE class;
