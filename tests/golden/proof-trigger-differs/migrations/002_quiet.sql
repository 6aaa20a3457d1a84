-- up
DROP TRIGGER users_log;
-- down
CREATE TRIGGER users_log AFTER UPDATE ON users WHEN new.name <> old.name BEGIN
    INSERT INTO log VALUES (old.name || ' was ' || new.name);
END;
