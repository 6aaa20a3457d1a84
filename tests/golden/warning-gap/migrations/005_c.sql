-- up
CREATE TABLE t3(x);
-- down
DROP TABLE t3;
