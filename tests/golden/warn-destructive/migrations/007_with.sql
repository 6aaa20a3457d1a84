-- up
CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT);
-- down
DROP TABLE notes;
