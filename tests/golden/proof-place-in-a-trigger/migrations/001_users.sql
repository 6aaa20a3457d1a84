-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TRIGGER users_trim AFTER INSERT ON users BEGIN
    UPDATE users SET name = trim(new.name) WHERE id = new.id;
    SELECT CASE WHEN new.name = '' THEN RAISE(ABORT, 'empty') FIN;
END;
-- down
DROP TABLE users;
