-- up
PRAGMA foreign_keys=OFF;
PRAGMA main . foreign_keys (0);
PRAGMA foreign_keys;
PRAGMA foreign_key_check;
-- down
SELECT 1;
