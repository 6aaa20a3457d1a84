-- Transaction: none
-- up
CREATE INDEX users_id_name ON users (id, name);
VACUUM;
-- down
DROP INDEX users_id_name;
VACUUM;
