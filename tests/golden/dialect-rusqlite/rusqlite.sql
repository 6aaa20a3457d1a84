CREATE TABLE shelves(id INTEGER PRIMARY KEY, place TEXT);
CREATE TABLE books(id INTEGER PRIMARY KEY, title TEXT, shelf INT REFERENCES shelves(id));
INSERT INTO books(title) VALUES('a');
CREATE INDEX books_title ON books(title);
