-- Transaction: none
-- up
CREATE TABLE a(x);
PRAGMA foreign_keys = OFF;
BEGIN;
DROP TABLE a;
COMMIT;
-- down
SELECT 1;
