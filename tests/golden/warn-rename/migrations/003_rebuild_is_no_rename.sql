-- up
CREATE TABLE people_new (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    telephone TEXT,
    age INTEGER DEFAULT 0
);
INSERT INTO people_new SELECT id, email, telephone, age FROM people;
DROP TABLE people;
ALTER TABLE people_new RENAME TO people;
-- down
CREATE TABLE people_new (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    telephone TEXT,
    age INTEGER DEFAULT 0
);
INSERT INTO people_new SELECT id, email, telephone, age FROM people;
DROP TABLE people;
ALTER TABLE people_new RENAME TO people;
