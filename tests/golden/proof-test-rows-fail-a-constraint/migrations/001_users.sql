-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
-- down
DROP TABLE users;
