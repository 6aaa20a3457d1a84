-- Depends: 002_none, R_none, R_itself
-- up
DROP VIEW IF EXISTS b;
-- down
DROP VIEW IF EXISTS b;
