-- up
CREATE TABLE place(id INTEGER PRIMARY KEY, x REAL, y REAL);
-- down
DROP TABLE place;
