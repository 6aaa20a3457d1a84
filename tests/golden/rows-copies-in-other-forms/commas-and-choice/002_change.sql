-- up
CREATE TABLE post_new(id INTEGER PRIMARY KEY, author INTEGER REFERENCES author(id), author_name TEXT, body TEXT);
INSERT INTO post_new SELECT p.id, p.author, a.name, p.body FROM post p, author a WHERE a.id = p.author AND p.body <> '';
DROP TABLE post;
ALTER TABLE post_new RENAME TO post;
-- down
ALTER TABLE post DROP COLUMN author_name;
