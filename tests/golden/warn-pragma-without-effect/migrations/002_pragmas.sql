-- up
PRAGMA cache_size = -2000;
PRAGMA page_size = 8192;
PRAGMA user_version = 7;
PRAGMA main.user_verson = 7;
PRAGMA busy_timeout(500);
PRAGMA cache_size;
PRAGMA foreign_key_check;
PRAGMA defer_foreign_keys = ON;
PRAGMA application_id = 77;
-- down
SELECT 1;
