-- up
CREATE TABLE numbers (n INTEGER);
-- down
DROP TABLE numbers;
WITH RECURSIVE count (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM count) SELECT n FROM count WHERE n < 0;
