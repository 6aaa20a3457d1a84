-- Author: A
-- author: B
-- up
CREATE TABLE a(x);
-- down
DROP TABLE a;
