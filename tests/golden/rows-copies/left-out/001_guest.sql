-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT);
-- down
DROP TABLE guest;
