-- Transaction: none
-- up
VACUUM;
-- down
SELECT 1;
