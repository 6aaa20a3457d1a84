-- up
CREATE TABLE pairs (a INTEGER, b INTEGER);
CREATE INDEX pairs_a ON pairs (a);
-- down
DROP TABLE pairs;
