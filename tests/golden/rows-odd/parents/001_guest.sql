-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT);
CREATE TABLE stay(id INTEGER PRIMARY KEY, guest INTEGER REFERENCES guest(id));
CREATE INDEX stay_guest ON stay(guest);

-- down
DROP TABLE stay;
DROP TABLE guest;
