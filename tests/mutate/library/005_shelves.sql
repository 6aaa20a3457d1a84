-- Description: Where a book stands

-- up
CREATE TABLE shelf (
    id INTEGER PRIMARY KEY,
    room TEXT NOT NULL,
    number INTEGER NOT NULL,
    UNIQUE (room, number)
) STRICT;
INSERT INTO shelf (id, room, number) VALUES (1, 'store', 0);
ALTER TABLE book ADD COLUMN shelf INTEGER REFERENCES shelf (id);
UPDATE book SET shelf = 1;
CREATE INDEX book_shelf ON book (shelf);
CREATE VIEW overdue AS
    SELECT l.id, r.name, b.title, l.due_on
    FROM loan AS l JOIN reader AS r ON r.id = l.reader JOIN book AS b ON b.id = l.book
    WHERE l.back_on IS NULL;

-- down
DROP VIEW overdue;
DROP INDEX book_shelf;
ALTER TABLE book DROP COLUMN shelf;
DROP TABLE shelf;
