-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
CREATE VIEW people AS SELECT id, name, email FROM users ORDER BY name;
-- down
DROP VIEW people;
DROP TABLE users;
