-- Engine: sqlite

-- up
-- call: use_connection
-- down
SELECT 1;
