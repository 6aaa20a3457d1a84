-- === UP MIGRATION ===
CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, "right" TEXT);
CREATE TABLE pets(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people(id));
CREATE VIEW households AS
SELECT people.name, pets.id FROM pets RIGHT JOIN people ON people.id = pets.owner;
-- concat(a, b) in a comment, and in a string, are text.
INSERT INTO people(name, "right") VALUES ('concat(a)', datetime('now', 'subsec'));
DELETE FROM people WHERE name IS NOT DISTINCT FROM unhex('41');

-- === DOWN MIGRATION ===
DROP VIEW households;
DROP TABLE pets;
DROP TABLE people;
