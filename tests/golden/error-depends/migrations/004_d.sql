-- up
CREATE TABLE t4(x);
-- down
DROP TABLE t4;
