-- up
SELECT 1; -- one
-- call: f
