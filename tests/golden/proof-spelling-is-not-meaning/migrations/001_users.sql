-- up
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE DEFAULT 'none' -- as it was typed
);
-- down
DROP TABLE users;
