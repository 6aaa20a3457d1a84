-- up
CREATE TABLE setting(name TEXT PRIMARY KEY NOT NULL, value TEXT);
-- down
DROP TABLE setting;
