-- up
SELECT 'a
b';
-- down
SELECT 2;
