-- up
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    author INTEGER REFERENCES users (id) ON DELETE CASCADE,
    editor INTEGER REFERENCES users (id) ON DELETE SET NULL,
    reader INTEGER REFERENCES users (id),
    owner INTEGER REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX posts_editor ON posts (editor, author);
CREATE TABLE likes (
    post INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    person INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (post, person)
) WITHOUT ROWID;
-- down
DROP TABLE likes;
DROP TABLE posts;
