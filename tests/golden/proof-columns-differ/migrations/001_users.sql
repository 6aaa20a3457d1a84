-- up
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL COLLATE NOCASE,
    age INTEGER,
    state TEXT DEFAULT 'new'
);
-- down
DROP TABLE users;
