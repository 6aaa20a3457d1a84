-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT);
CREATE TABLE stay(guest INTEGER REFERENCES guest(id), nights INTEGER);
-- down
DROP TABLE stay;
DROP TABLE guest;
