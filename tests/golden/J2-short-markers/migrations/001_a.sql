  -- Down
DROP TABLE a;
	-- UP  
CREATE TABLE a(x);
-- Verify
SELECT 1 WHERE 0;
-- test
SELECT 2;
