-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, fax TEXT);
INSERT INTO users VALUES (1, 'Ann', '555', '556');
-- down
DROP TABLE users;
