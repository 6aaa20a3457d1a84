-- up
CREATE TABLE tag_new(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, body TEXT);
INSERT INTO sqlite_sequence(name, seq) SELECT 'tag_new', seq FROM sqlite_sequence WHERE name = 'tag';
INSERT INTO tag_new(id, name) SELECT id, name FROM tag;
DROP TABLE tag;
ALTER TABLE tag_new RENAME TO tag;
-- down
CREATE TABLE tag_new(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
INSERT INTO tag_new(id, name) SELECT id, name FROM tag;
DROP TABLE tag;
ALTER TABLE tag_new RENAME TO tag;
