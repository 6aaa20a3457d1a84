-- Depends: core/001_note
-- Allow: rows, constraint-on-rows: titles are given once
-- up
CREATE TABLE mark(id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE);
INSERT INTO mark(title) SELECT title FROM note;
-- down
DROP TABLE mark;
