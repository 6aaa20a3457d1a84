-- Depends: R_circle_b
-- up
DROP VIEW IF EXISTS a;
CREATE VIEW a AS SELECT 1;
-- down
DROP VIEW IF EXISTS a;
