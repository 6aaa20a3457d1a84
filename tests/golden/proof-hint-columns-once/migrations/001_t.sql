-- up
CREATE TABLE t(a, b);
INSERT INTO t SELECT x.c, 1 FROM t AS x WHERE x.a IN (SELECT q.b FROM T q);
-- down
DROP TABLE t;
