-- Irreversible: nobody needs it

-- up
ALTER TABLE comments RENAME TO comments_old;
CREATE TABLE comments (id INTEGER PRIMARY KEY, post INTEGER REFERENCES posts, line TEXT);
INSERT INTO comments (id, post) SELECT id, post FROM comments_old;
DROP TABLE comments_old;
