-- up
CREATE TABLE note(id INTEGER PRIMARY KEY, title TEXT);
-- down
DROP TABLE note;
