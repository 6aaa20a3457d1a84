-- up
CREATE TABLE Books(id INTEGER PRIMARY KEY, year INT, title TEXT);
CREATE INDEX Books_Year ON Books(year);
INSERT INTO Books(title) VALUES ('x');
-- down
DROP TABLE Books;
