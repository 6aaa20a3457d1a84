-- Transaction: none
-- up
PRAGMA auto_vacuum = 1;
VACUUM;
CREATE INDEX users_name ON users (name);
-- down
VACUUM;
DROP INDEX users_nome;
