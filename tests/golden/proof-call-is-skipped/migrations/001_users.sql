-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
-- call: fill_names
-- down
DROP TABLE users;
-- verify
SELECT id FROM users WHERE name IS NULL;
