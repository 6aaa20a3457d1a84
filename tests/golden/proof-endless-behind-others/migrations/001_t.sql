-- up
CREATE TABLE t(a);
-- down
DROP TABLE t;
