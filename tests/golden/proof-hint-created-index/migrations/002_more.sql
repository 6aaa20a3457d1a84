-- up
CREATE INDEX users_name ON users (name, id);
-- down
DROP INDEX users_name;
