-- up
CREATE UNIQUE INDEX users_email ON users (email);
-- down
DROP INDEX users_email;
