-- up
CREATE TABLE guest_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT UNIQUE);
REPLACE INTO guest_new SELECT id, name, mail FROM guest;
DROP TABLE guest;
ALTER TABLE guest_new RENAME TO guest;

-- down
CREATE TABLE guest_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT);
INSERT INTO guest_old SELECT id, name, mail FROM guest;
DROP TABLE guest;
ALTER TABLE guest_old RENAME TO guest;
