-- up
CREATE TABLE mark_new(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, body TEXT);
INSERT INTO sqlite_sequence(name, seq) SELECT 'mark_new', seq FROM sqlite_sequence WHERE name = 'mark';
INSERT INTO mark_new(id, name) SELECT id, name FROM mark;
DROP TABLE mark;
ALTER TABLE mark_new RENAME TO mark;
-- down
CREATE TABLE mark_new(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
INSERT INTO sqlite_sequence(name, seq) SELECT 'mark_new', seq FROM sqlite_sequence WHERE name = 'mark';
INSERT INTO mark_new(id, name) SELECT id, name FROM mark;
DROP TABLE mark;
ALTER TABLE mark_new RENAME TO mark;
