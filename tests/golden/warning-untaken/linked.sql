-- up
CREATE TABLE b(x);
-- down
DROP TABLE b;
