-- up
CREATE VIRTUAL TABLE search USING fts5(name, content='guest', content_rowid='id');
INSERT INTO search(search) VALUES('rebuild');
-- down
DROP TABLE search;
