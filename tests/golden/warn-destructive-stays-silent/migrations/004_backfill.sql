-- up
ALTER TABLE users ADD COLUMN name TEXT;
UPDATE users SET name = substr(email, 1, instr(email, '@') - 1);
-- down
ALTER TABLE users DROP COLUMN name;
