-- up
CREATE TABLE x(a);
-- down
UPDATE movie SET released = 1 WHERE year = 2;
DROP TABLE x;
