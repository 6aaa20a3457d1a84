-- up
CREATE VIEW listed AS SELECT * FROM guest;
CREATE TABLE guest_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT, mail TEXT);
INSERT INTO guest_new SELECT * FROM listed;
DROP VIEW listed;
DROP TABLE guest;
ALTER TABLE guest_new RENAME TO guest;

-- down
CREATE TABLE guest_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, room TEXT);
INSERT INTO guest_old SELECT id, name, mail, room FROM guest;
DROP TABLE guest;
ALTER TABLE guest_old RENAME TO guest;
