-- up
CREATE TABLE log(t TEXT);
-- down
DROP TABLE log;
