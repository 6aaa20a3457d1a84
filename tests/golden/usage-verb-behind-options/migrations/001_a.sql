-- up
CREATE TABLE t1(x);
-- down
DROP TABLE t1;
