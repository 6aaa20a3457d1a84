-- Depends: core/001_users
-- up
CREATE TABLE orders(id INTEGER PRIMARY KEY, u INTEGER REFERENCES users(id));
-- down
DROP TABLE orders;
