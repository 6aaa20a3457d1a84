-- Allow:

-- up
CREATE TABLE d (x);
-- down
DROP TABLE d;
