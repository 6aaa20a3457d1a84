-- up
CREATE TABLE place(id INTEGER PRIMARY KEY, zip TEXT, name TEXT);
-- down
DROP TABLE place;
