-- up
CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT);
-- down
DROP TABLE note;
