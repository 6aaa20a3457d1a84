-- up
CREATE TABLE stay(id INTEGER PRIMARY KEY, nights INTEGER);
CREATE TRIGGER stay_closed BEFORE INSERT ON stay BEGIN SELECT raise(ABORT, 'closed'); END;
-- down
DROP TABLE stay;
