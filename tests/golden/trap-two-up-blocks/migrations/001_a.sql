-- up
SELECT 1;
-- up
SELECT 2;
-- down
SELECT 3;
-- === DOWN MIGRATION ===
SELECT 4;
