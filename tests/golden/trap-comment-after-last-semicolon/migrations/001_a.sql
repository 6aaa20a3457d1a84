-- up
SELECT 1; /* the end; */ -- really;
-- down
SELECT 2; /* the end */