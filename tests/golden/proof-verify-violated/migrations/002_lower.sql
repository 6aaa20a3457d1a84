-- up
UPDATE users SET email = lower(email) WHERE id > 1;
-- down
UPDATE users SET email = 'Ann@Example.com' WHERE id = 1;
-- verify
SELECT 1 WHERE 0;
SELECT id, email FROM users WHERE email <> lower(email);
-- test
INSERT INTO users VALUES (1, 'Ann@Example.com'), (2, 'bob@example.com');
