-- up
CREATE TABLE stay(guest INTEGER PRIMARY KEY, room TEXT);
INSERT INTO stay SELECT id, room FROM guest;
ALTER TABLE guest DROP COLUMN room;
-- down
ALTER TABLE guest ADD COLUMN room TEXT;
DROP TABLE stay;
