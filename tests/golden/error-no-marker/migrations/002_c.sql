-- up
CREATE TABLE c(x);
-- down
DROP TABLE c;
