-- up
CREATE TABLE sale(id INTEGER PRIMARY KEY, amount REAL);
-- down
DROP TABLE sale;
