-- up
SELECT x'abc', 1;
-- down
SELECT 1;
