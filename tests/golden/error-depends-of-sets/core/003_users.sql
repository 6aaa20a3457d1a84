-- Depends: users/009_none
-- up
CREATE TABLE users(id INTEGER PRIMARY KEY);
-- down
DROP TABLE users;
