-- up
CREATE TABLE t5(x);
-- down
DROP TABLE t5;
