-- Up
CREATE TABLE a(x);
-- Down
DROP TABLE a;
