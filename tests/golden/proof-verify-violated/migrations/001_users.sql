-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
-- down
DROP TABLE users;
