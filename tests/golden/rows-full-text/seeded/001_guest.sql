-- up
CREATE TABLE guest(id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT);
CREATE VIRTUAL TABLE search USING fts5(name, content='guest', content_rowid='id');
CREATE VIRTUAL TABLE older USING fts4(name, content="guest");
CREATE VIRTUAL TABLE without USING fts4(name, content="");
INSERT INTO guest VALUES (1, 'Ada', NULL);
INSERT INTO search(search) VALUES ('rebuild');
-- down
DROP TABLE without;
DROP TABLE older;
DROP TABLE search;
DROP TABLE guest;
