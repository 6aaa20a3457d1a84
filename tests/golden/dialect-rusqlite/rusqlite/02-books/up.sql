CREATE TABLE books(id INTEGER PRIMARY KEY, title TEXT, shelf INT REFERENCES shelves(id));
INSERT INTO books(title) VALUES('a');
