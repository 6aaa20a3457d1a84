-- up
CREATE UNIQUE INDEX guest_name ON guest(name COLLATE NOCASE);
-- down
DROP INDEX guest_name;
