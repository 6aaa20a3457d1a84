-- up
CREATE TABLE held AS SELECT id, name, room FROM guest;
DROP TABLE guest;
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT, mail TEXT);
INSERT INTO guest(id, name, room) SELECT id, name, room FROM held;
DROP TABLE held;

-- down
CREATE TABLE guest_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, room TEXT);
INSERT INTO guest_old SELECT id, name, mail, room FROM guest;
DROP TABLE guest;
ALTER TABLE guest_old RENAME TO guest;
