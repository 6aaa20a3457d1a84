-- up
CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE post(id INTEGER PRIMARY KEY, author INTEGER REFERENCES author(id), body TEXT);
-- down
DROP TABLE post;
DROP TABLE author;
