-- up
CREATE TABLE a (x);
-- down
DROP TABLE a;
-- verify
-- test
-- to be written
