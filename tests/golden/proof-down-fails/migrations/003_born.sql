-- up
ALTER TABLE users ADD COLUMN born INTEGER;
CREATE VIEW ages AS SELECT 2026 - born AS age FROM users;
-- down
ALTER TABLE users DROP COLUMN born;
DROP VIEW ages;
