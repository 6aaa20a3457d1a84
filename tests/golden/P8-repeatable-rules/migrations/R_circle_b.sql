-- Depends: circle_a, 001
-- up
DROP VIEW IF EXISTS b;
CREATE VIEW b AS SELECT 1;
-- down
DROP VIEW IF EXISTS b;
