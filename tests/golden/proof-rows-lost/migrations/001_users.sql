-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob'), (3, NULL);
-- down
DROP TABLE users;
