-- up
SELECT 1;
/* forgotten
SELECT 2;
-- down
