-- Lossy: rooms are given anew
-- up
ALTER TABLE guest DROP COLUMN room;
-- down
ALTER TABLE guest ADD COLUMN room TEXT NOT NULL;
ALTER TABLE guest DROP COLUMN room;
ALTER TABLE guest ADD COLUMN room TEXT;
