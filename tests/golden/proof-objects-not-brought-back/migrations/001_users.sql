-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE legacy (id INTEGER PRIMARY KEY);
CREATE INDEX users_email ON users (email);
CREATE VIEW emails AS SELECT email FROM users;
CREATE TRIGGER users_trim AFTER INSERT ON users BEGIN
    UPDATE users SET email = trim(email) WHERE id = new.id;
END;
-- down
DROP VIEW emails;
DROP TABLE users;
DROP TABLE legacy;
