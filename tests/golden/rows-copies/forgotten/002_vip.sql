-- up
CREATE TABLE guest_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT, vip INTEGER);
DROP TABLE guest;
ALTER TABLE guest_new RENAME TO guest;
-- down
CREATE TABLE guest_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT);
INSERT INTO guest_old(id, name, room) SELECT id, name, room FROM guest;
DROP TABLE guest;
ALTER TABLE guest_old RENAME TO guest;
