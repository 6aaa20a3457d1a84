-- up
DROP TRIGGER users_trim;
DROP VIEW emails;
DROP INDEX users_email;
DROP TABLE legacy;
CREATE TABLE teams (id INTEGER PRIMARY KEY);
-- down
DROP TABLE teams;
