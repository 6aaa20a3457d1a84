-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, room TEXT);

-- down
DROP TABLE guest;
