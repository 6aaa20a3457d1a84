-- up
CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT);
-- down
DROP TABLE tag;
