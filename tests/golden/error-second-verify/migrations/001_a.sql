-- up
SELECT 1;
-- down
SELECT 1;
-- verify
SELECT 1;
-- === VERIFY ===
SELECT 1;
-- test
-- test
