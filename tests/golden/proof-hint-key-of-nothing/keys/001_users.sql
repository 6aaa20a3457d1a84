-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT REFERENCES users (email));
-- down
DROP TABLE orders;
DROP TABLE users;
