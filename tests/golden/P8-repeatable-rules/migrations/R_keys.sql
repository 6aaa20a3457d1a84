-- Migration: R_other
-- Transaction: none
-- Foreign-Keys: on
-- up
VACUUM;
-- test
INSERT INTO note VALUES(1, 2);
