-- Allow: destructive: ages were never filled in

-- up
ALTER TABLE users DROP COLUMN age;
-- down
ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 0;
