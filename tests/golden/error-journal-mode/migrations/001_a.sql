-- up
CREATE TABLE a(b);
PRAGMA journal_mode = WAL;
PRAGMA main.journal_mode(off);
PRAGMA journal_mode;
-- down
DROP TABLE a;
