-- up
CREATE VIRTUAL TABLE a_search USING fts5(c, content='a', content_rowid='id');
CREATE VIRTUAL TABLE b_search USING fts5(c, content='b', content_rowid='id');
INSERT INTO a_search(a_search) VALUES('rebuild');
INSERT INTO b_search(b_search) VALUES('rebuild');
-- down
DROP TABLE a_search;
DROP TABLE b_search;
