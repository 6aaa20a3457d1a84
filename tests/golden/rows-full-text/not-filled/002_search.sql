-- up
CREATE VIRTUAL TABLE search USING fts5(name, content='guest', content_rowid='id');
-- down
DROP TABLE search;
