-- verify
SELECT 1;
