-- up
SELECT 1
-- down
