-- up to three tags
-- Note: not a key
-- Rule: neither
-- This is down below: see there
-- === UP MIGRATION ===
-- up to three tags
-- tests
-- === Tests ===
-- === Users ===
-- the migration
-- down the line
-- call it a day
-- verify that it works
-- ---------------
-- =====
--
CREATE TABLE a(x);
-- === DOWN MIGRATION ===
DROP TABLE a;
