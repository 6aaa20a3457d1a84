-- up
ALTER TABLE users ADD COLUMN nick TEXT CHECK (length(nick) > 2);
CREATE UNIQUE INDEX users_nick ON users (nick);
CREATE UNIQUE INDEX users_email_phone ON users (email, phone);
-- down
DROP INDEX users_email_phone;
DROP INDEX users_nick;
ALTER TABLE users DROP COLUMN nick;
