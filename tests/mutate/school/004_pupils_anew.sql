-- Description: pupils have a number of the office, and an address
-- up
CREATE TABLE pupils_new (
    id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    born TEXT,
    class INTEGER NOT NULL REFERENCES classes (id),
    phone TEXT,
    street TEXT,
    town TEXT NOT NULL DEFAULT '',
    office_number TEXT UNIQUE
);
INSERT INTO pupils_new (id, first_name, last_name, born, class, phone)
    SELECT id, first_name, last_name, born, class, phone FROM pupils;
DROP TABLE pupils;
ALTER TABLE pupils_new RENAME TO pupils;
CREATE INDEX pupils_class ON pupils (class);
CREATE INDEX pupils_name ON pupils (last_name, first_name);
-- down
CREATE TABLE pupils_old (
    id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    born TEXT,
    class INTEGER NOT NULL REFERENCES classes (id),
    phone TEXT
);
INSERT INTO pupils_old (id, first_name, last_name, born, class, phone)
    SELECT id, first_name, last_name, born, class, phone FROM pupils;
DROP TABLE pupils;
ALTER TABLE pupils_old RENAME TO pupils;
CREATE INDEX pupils_class ON pupils (class);
