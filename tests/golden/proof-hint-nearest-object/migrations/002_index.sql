-- up
CREATE INDEX users_email ON users (email);
-- down
DROP INDEX user_email;
