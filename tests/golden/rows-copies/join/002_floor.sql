-- up
CREATE TABLE guest_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT, floor INTEGER);
INSERT INTO guest_new SELECT guest.id, guest.name, guest.room, rooms.floor FROM guest JOIN rooms ON rooms.code = guest.room;
DROP TABLE guest;
ALTER TABLE guest_new RENAME TO guest;
-- down
CREATE TABLE guest_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT);
INSERT INTO guest_old(id, name, room) SELECT id, name, room FROM guest;
DROP TABLE guest;
ALTER TABLE guest_old RENAME TO guest;
