-- Depends: users, 002_due , 1
-- up
CREATE TABLE tags(x);
-- down
DROP TABLE tags;
