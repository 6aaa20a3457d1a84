-- up
WITH nobody AS (SELECT 0 AS id) DELETE FROM notes;
-- down
SELECT 1;
