-- up
CREATE TABLE users(x);
-- down
DROP TABLE users;
