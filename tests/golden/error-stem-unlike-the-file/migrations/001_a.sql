-- Migration: 001_b
-- up
CREATE TABLE a(x);
-- down
DROP TABLE a;
