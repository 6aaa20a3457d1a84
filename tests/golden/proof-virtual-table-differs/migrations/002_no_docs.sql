-- up
DROP TABLE docs;
-- down
CREATE VIRTUAL TABLE docs USING fts5(title, body);
