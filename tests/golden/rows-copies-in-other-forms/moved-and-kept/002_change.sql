-- up
ALTER TABLE place ADD COLUMN code INTEGER;
ALTER TABLE place ADD COLUMN raw TEXT;
UPDATE place SET code = zip, raw = zip;
ALTER TABLE place DROP COLUMN zip;
ALTER TABLE street ADD COLUMN code INTEGER;
ALTER TABLE street ADD COLUMN raw TEXT;
UPDATE street SET code = zip;
UPDATE street SET raw = zip;
ALTER TABLE street DROP COLUMN zip;
-- down
ALTER TABLE street ADD COLUMN zip TEXT;
UPDATE street SET zip = raw;
ALTER TABLE street DROP COLUMN raw;
ALTER TABLE street DROP COLUMN code;
ALTER TABLE place ADD COLUMN zip TEXT;
UPDATE place SET zip = raw;
ALTER TABLE place DROP COLUMN raw;
ALTER TABLE place DROP COLUMN code;
