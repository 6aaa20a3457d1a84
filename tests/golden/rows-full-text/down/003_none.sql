-- up
DROP TABLE search;
-- down
CREATE VIRTUAL TABLE search USING fts5(name, content='guest', content_rowid='id');
