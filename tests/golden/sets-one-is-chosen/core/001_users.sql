-- up
CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users(name) VALUES('ann');
-- down
DROP TABLE users;
