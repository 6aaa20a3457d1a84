-- up
ALTER TABLE users ADD COLUMN email TEXT;
CREATE INDEX users_email ON users (email);
-- down
ALTER TABLE users
    DROP COLUMN email;
DROP INDEX users_email;
