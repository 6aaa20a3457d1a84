-- Description: A loan may be extended three times

-- up
CREATE TABLE loan_new (
    id INTEGER PRIMARY KEY,
    book INTEGER NOT NULL REFERENCES book (id),
    reader INTEGER NOT NULL REFERENCES reader (id) ON DELETE CASCADE,
    lent_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    back_on TEXT,
    extended INTEGER NOT NULL DEFAULT 0 CHECK (extended BETWEEN 0 AND 3),
    CHECK (due_on >= lent_on)
) STRICT;
INSERT INTO loan_new (id, book, reader, lent_on, due_on, back_on)
    SELECT id, book, reader, lent_on, due_on, back_on FROM loan;
DROP VIEW overdue;
DROP TABLE loan;
ALTER TABLE loan_new RENAME TO loan;
CREATE INDEX loan_reader ON loan (reader);
CREATE UNIQUE INDEX loan_open ON loan (book) WHERE back_on IS NULL;
CREATE VIEW overdue AS
    SELECT l.id, r.full_name, b.title, l.due_on
    FROM loan AS l JOIN reader AS r ON r.id = l.reader JOIN book AS b ON b.id = l.book
    WHERE l.back_on IS NULL;

-- down
DROP VIEW overdue;
ALTER TABLE loan RENAME TO loan_extended;
DROP INDEX loan_reader;
DROP INDEX loan_open;
CREATE TABLE loan (
    id INTEGER PRIMARY KEY,
    book INTEGER NOT NULL REFERENCES book (id),
    reader INTEGER NOT NULL REFERENCES reader (id) ON DELETE CASCADE,
    lent_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    back_on TEXT,
    CHECK (due_on >= lent_on)
) STRICT;
INSERT INTO loan (id, book, reader, lent_on, due_on, back_on)
    SELECT id, book, reader, lent_on, due_on, back_on FROM loan_extended;
DROP TABLE loan_extended;
CREATE INDEX loan_reader ON loan (reader);
CREATE UNIQUE INDEX loan_open ON loan (book) WHERE back_on IS NULL;
CREATE VIEW overdue AS
    SELECT l.id, r.full_name, b.title, l.due_on
    FROM loan AS l JOIN reader AS r ON r.id = l.reader JOIN book AS b ON b.id = l.book
    WHERE l.back_on IS NULL;
