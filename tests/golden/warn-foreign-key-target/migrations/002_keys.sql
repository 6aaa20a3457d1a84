-- up
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    author INTEGER REFERENCES people (id),
    later INTEGER REFERENCES comments (id)
);
CREATE TABLE comments (id INTEGER PRIMARY KEY, post INTEGER REFERENCES posts);
-- down
DROP TABLE comments;
DROP TABLE posts;
