-- up
CREATE TEMP TABLE held AS SELECT * FROM guest;
DROP TABLE guest;
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT, mail TEXT);
INSERT INTO guest SELECT * FROM held;
DROP TABLE held;

-- down
CREATE TABLE guest_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, room TEXT);
INSERT INTO guest_old SELECT id, name, mail, room FROM guest;
DROP TABLE guest;
ALTER TABLE guest_old RENAME TO guest;
