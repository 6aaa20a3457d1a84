-- up
SELECT 'café';
-- down
SELECT 1;
