-- Depends: 001_base, 2, 000_none, 001_bse, 003_c, 4, d, base, nothing
-- up
CREATE TABLE t3(x);
-- down
DROP TABLE t3;
