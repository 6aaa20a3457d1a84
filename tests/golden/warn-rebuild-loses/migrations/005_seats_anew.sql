-- up
CREATE TABLE seats_new (room INTEGER, number INTEGER, UNIQUE (number, room));
INSERT INTO seats_new SELECT room, number FROM seats;
DROP TABLE seats;
ALTER TABLE seats_new RENAME TO seats;
-- down
CREATE TABLE seats_old (room INTEGER, number INTEGER);
INSERT INTO seats_old SELECT room, number FROM seats;
DROP TABLE seats;
ALTER TABLE seats_old RENAME TO seats;
CREATE UNIQUE INDEX seats_number ON seats (number);
