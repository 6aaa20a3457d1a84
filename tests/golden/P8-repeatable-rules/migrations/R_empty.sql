-- up
-- down
DROP VIEW IF EXISTS a;
