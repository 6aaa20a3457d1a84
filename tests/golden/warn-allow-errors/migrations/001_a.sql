-- Allow: destructiv: it is empty

-- up
CREATE TABLE a (x);
-- down
DROP TABLE a;
