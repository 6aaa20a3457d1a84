-- up
CREATE UNIQUE INDEX users_email ON users (email);
-- down
DROP INDEX users_email;
-- test
INSERT INTO users (email) VALUES ('ann@example.com'), ('ann@example.com');
