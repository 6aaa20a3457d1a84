-- Lossy: nobody had one
-- up
ALTER TABLE users DROP COLUMN fax;
-- down
ALTER TABLE users ADD COLUMN fax TEXT;
