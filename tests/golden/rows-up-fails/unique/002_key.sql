-- up
ALTER TABLE guest ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX guest_key ON guest(key);
-- down
DROP INDEX guest_key;
ALTER TABLE guest DROP COLUMN key;
