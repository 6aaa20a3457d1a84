-- up
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    phone TEXT,
    age INTEGER DEFAULT 0
);
-- down
DROP TABLE users;
