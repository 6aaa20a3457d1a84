-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE log (line TEXT);
CREATE TRIGGER users_log AFTER UPDATE ON users WHEN new.name <> old.name BEGIN
    INSERT INTO log VALUES (old.name || ' is now ' || new.name);
END;
-- down
DROP TABLE users;
DROP TABLE log;
