-- up
CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT);
CREATE VIEW lines AS SELECT line FROM log;
CREATE VIEW never AS SELECT x FROM nowhere;
CREATE VIEW fine AS SELECT host_function(email) FROM users;
CREATE TRIGGER users_log AFTER INSERT ON users BEGIN
    INSERT INTO log (line) VALUES (new.email);
END;
CREATE TRIGGER users_fine AFTER DELETE ON users BEGIN
    DELETE FROM users WHERE id = old.id;
END;
CREATE TRIGGER users_named AFTER UPDATE OF emial ON users BEGIN
    DELETE FROM users WHERE id = old.id;
END;
CREATE TRIGGER users_of BEFORE UPDATE OF "id", Email ON users BEGIN
    DELETE FROM users WHERE id = old.id AND ''='on of';
END;
-- down
DROP TRIGGER users_of; DROP TRIGGER users_named; DROP TRIGGER users_fine; DROP TRIGGER users_log; DROP VIEW fine; DROP VIEW never; DROP VIEW lines; DROP TABLE log;
