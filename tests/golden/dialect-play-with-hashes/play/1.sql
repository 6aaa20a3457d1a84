# Users schema

# --- !Ups

CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);
CREATE TRIGGER named AFTER INSERT ON users BEGIN
    UPDATE users SET name = 'x' WHERE name IS NULL;;
END;

# --- !Downs

DROP TABLE users;
