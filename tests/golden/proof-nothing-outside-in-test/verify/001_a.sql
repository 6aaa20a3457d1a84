-- up
CREATE TABLE a (x);
-- down
DROP TABLE a;
-- verify
SELECT load_extension('x');
