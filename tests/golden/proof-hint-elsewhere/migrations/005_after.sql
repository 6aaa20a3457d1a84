-- up
CREATE TABLE x2(a);
-- down
UPDATE movie SET title = 'M';
DROP TABLE x2;
