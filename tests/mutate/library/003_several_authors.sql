-- Description: A book may have several authors
-- Lossy: DOWN keeps the first author of each book

-- up
CREATE TABLE book_author_link (
    book INTEGER NOT NULL REFERENCES book (id) ON DELETE CASCADE,
    author INTEGER NOT NULL REFERENCES author (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (book, position)
) STRICT, WITHOUT ROWID;
INSERT INTO book_author_link (book, author, position) SELECT id, author, 1 FROM book;
DROP INDEX book_author;
CREATE TABLE book_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    isbn TEXT UNIQUE CHECK (length(isbn) = 13),
    year INTEGER
) STRICT;
INSERT INTO book_new SELECT id, title, isbn, year FROM book;
DROP TABLE book;
ALTER TABLE book_new RENAME TO book;
CREATE INDEX link_author ON book_author_link (author);

-- down
CREATE TABLE book_old (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    isbn TEXT UNIQUE CHECK (length(isbn) = 13),
    author INTEGER NOT NULL REFERENCES author (id),
    year INTEGER
) STRICT;
INSERT INTO book_old (id, title, isbn, author, year)
    SELECT b.id, b.title, b.isbn, l.author, b.year
    FROM book AS b JOIN book_author_link AS l ON l.book = b.id AND l.position = 1;
DROP TABLE book_author_link;
DROP TABLE book;
ALTER TABLE book_old RENAME TO book;
CREATE INDEX book_author ON book (author);
