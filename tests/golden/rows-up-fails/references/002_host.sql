-- Foreign-Keys: off
-- up
ALTER TABLE guest ADD COLUMN host INTEGER DEFAULT 1 REFERENCES guest(id);
-- down
ALTER TABLE guest DROP COLUMN host;
