-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TRIGGER users_insert AFTER INSERT ON users BEGIN SELECT 1; END;
-- down
DROP TRIGGER users_inserts;
DROP TABLE users;
