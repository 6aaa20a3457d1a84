-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room INTEGER);
-- down
DROP TABLE guest;
