-- up
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    author INTEGER,
    day TEXT,
    UNIQUE (author, day)
);
CREATE INDEX posts_slug ON posts (slug);
CREATE INDEX posts_author ON posts (author);
CREATE INDEX posts_day ON posts (day);
CREATE INDEX posts_day_again ON posts (day);
CREATE INDEX posts_id ON posts (id);
CREATE INDEX posts_day_author ON posts (day, author);
CREATE INDEX posts_day_down ON posts (day DESC);
CREATE INDEX posts_recent ON posts (slug) WHERE day > '2026';
CREATE INDEX posts_slug_nocase ON posts (slug COLLATE NOCASE);
CREATE UNIQUE INDEX posts_one_a_day ON posts (author);
-- down
DROP TABLE posts;
