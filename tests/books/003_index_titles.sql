-- up
CREATE INDEX books_title ON books(title);
-- down
DROP INDEX books_title;
