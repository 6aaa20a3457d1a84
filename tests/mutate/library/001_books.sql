-- Description: Books and their authors

-- up
CREATE TABLE author (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    isbn TEXT UNIQUE CHECK (length(isbn) = 13),
    author INTEGER NOT NULL REFERENCES author (id),
    year INTEGER
) STRICT;
CREATE INDEX book_author ON book (author);

-- down
DROP TABLE book;
DROP TABLE author;
