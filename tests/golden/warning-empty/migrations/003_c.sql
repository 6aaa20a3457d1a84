-- verify
SELECT 1 WHERE 0;
