-- up
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, at TEXT, active INTEGER);
CREATE UNIQUE INDEX a ON users (email);
CREATE INDEX b ON users (at DESC);
CREATE INDEX c ON users (lower(email));
CREATE INDEX d ON users (at, active) WHERE active = 1;
-- down
DROP TABLE users;
