-- up
SELECT 12ab;
-- down
SELECT 1;
