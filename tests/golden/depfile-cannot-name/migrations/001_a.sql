-- up
CREATE TABLE a(x);
-- down
DROP TABLE a;
