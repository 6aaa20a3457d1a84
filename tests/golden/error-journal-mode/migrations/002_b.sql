-- Transaction: none
-- up
PRAGMA journal_mode = WAL;
-- down
PRAGMA journal_mode = DELETE;
