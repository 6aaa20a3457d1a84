-- up
CREATE TABLE log(line TEXT);
-- down
DROP TABLE log;
