-- up
CREATE TABLE a (x);
-- down
ATTACH 'made.db' AS made;
DROP TABLE a;
