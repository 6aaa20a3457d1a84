-- up
CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, slug TEXT);
INSERT INTO posts (title) VALUES ('Hello');
UPDATE posts SET slug = slugify(title) WHERE slug IS NULL;
-- down
DROP TABLE posts;
