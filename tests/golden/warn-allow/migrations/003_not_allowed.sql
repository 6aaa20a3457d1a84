-- Allow: type-name: of another thing

-- up
DELETE FROM users;
-- down
SELECT 1;
