-- up
SELECT '[31m' ;
-- down
SELECT 1;
