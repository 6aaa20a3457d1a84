-- up
CREATE TABLE seat(id INTEGER PRIMARY KEY, row TEXT, col TEXT);
CREATE UNIQUE INDEX seat_rc ON seat(row, col);
-- down
DROP TABLE seat;
