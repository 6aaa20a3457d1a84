-- up
DROP VIEW people;
CREATE VIEW people AS SELECT id, upper(name) AS name, email FROM users ORDER BY name;
-- down
DROP VIEW people;
CREATE VIEW people AS SELECT id, name FROM users ORDER BY name;
