-- up
UPDATE users SET name = lower(name) WHERE name IS NOT NULL;
-- down
SELECT 1;
-- test
INSERT INTO users VALUES (1, 'Ann'), (2, 'bob'), (3, 'Cy');
