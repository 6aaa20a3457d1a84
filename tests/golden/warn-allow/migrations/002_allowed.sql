-- Allow: destructive, constraint-on-rows: the table is empty everywhere
-- Allow: type-name: it is what the other program reads

-- up
DELETE FROM users;
CREATE UNIQUE INDEX users_email ON users (email);
ALTER TABLE users ADD COLUMN code STRING;
-- down
DROP INDEX users_email;
ALTER TABLE users DROP COLUMN code;
