-- up
CREATE TABLE a (x);
-- down
DROP TABLE a;
-- test
ATTACH 'made.db' AS made;
