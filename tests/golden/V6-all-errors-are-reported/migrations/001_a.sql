-- up
SELECT 1a;
SELECT 2b;
-- down
SELECT x'0';
