-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER);

-- down
DROP TABLE users;
