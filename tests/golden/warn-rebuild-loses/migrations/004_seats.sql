-- up
CREATE TABLE seats (room INTEGER, number INTEGER);
CREATE UNIQUE INDEX seats_number ON seats (number);
-- down
DROP TABLE seats;
