-- up
UPDATE users SET age = 0, email = lower(email);
DELETE FROM users;
-- down
SELECT 1;
