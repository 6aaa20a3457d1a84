-- up
CREATE TABLE t2(x);
-- down
DROP TABLE t2;
