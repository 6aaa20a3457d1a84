-- Transaction: none
-- up
BEGIN;
PRAGMA foreign_keys=OFF;
COMMIT;
-- down
SELECT 1;
