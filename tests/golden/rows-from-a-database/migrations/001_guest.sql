-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT, room TEXT);
-- down
DROP TABLE guest;
