-- up
CREATE TABLE copy(title TEXT);
-- down
INSERT INTO copy SELECT title FROM old_films;
DROP TABLE copy;
