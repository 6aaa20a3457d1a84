-- up
CREATE TABLE tags(x);
-- down
DROP TABLE tags;
