-- up
CREATE TABLE names (name TEXT COLLATE german);
CREATE INDEX names_name ON names (name);
-- down
DROP TABLE names;
