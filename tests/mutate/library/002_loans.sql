-- up
CREATE TABLE reader (
    id INTEGER PRIMARY KEY,
    card TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1))
) STRICT;
CREATE TABLE loan (
    id INTEGER PRIMARY KEY,
    book INTEGER NOT NULL REFERENCES book (id),
    reader INTEGER NOT NULL REFERENCES reader (id) ON DELETE CASCADE,
    lent_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    back_on TEXT,
    CHECK (due_on >= lent_on)
) STRICT;
CREATE INDEX loan_reader ON loan (reader);
CREATE UNIQUE INDEX loan_open ON loan (book) WHERE back_on IS NULL;

-- down
DROP TABLE loan;
DROP TABLE reader;
