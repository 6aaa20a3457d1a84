-- 1 up
CREATE TABLE a(x);
-- 1 down
DROP TABLE a;

-- 2 up (second)
CREATE TABLE b(x);
-- 2 down
DROP TABLE b;
