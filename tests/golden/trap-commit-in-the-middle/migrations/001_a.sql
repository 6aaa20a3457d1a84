-- up
CREATE TABLE a(x);
COMMIT;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
-- down
DROP TABLE a;
