-- Depends: mine/002_second
-- up
CREATE TABLE x(y);
-- down
DROP TABLE x;
