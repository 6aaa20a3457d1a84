-- up
CREATE TABLE note_new(id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, body TEXT);
INSERT INTO note_new(id, title) SELECT id, title FROM note;
DROP TABLE note;
ALTER TABLE note_new RENAME TO note;
-- down
CREATE TABLE note_new(id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL);
INSERT INTO note_new(id, title) SELECT id, title FROM note;
DROP TABLE note;
ALTER TABLE note_new RENAME TO note;
