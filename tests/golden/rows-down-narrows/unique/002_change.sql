-- up
DROP INDEX seat_rc;
-- down
CREATE UNIQUE INDEX seat_rc ON seat(row, col);
