-- up
CREATE TABLE sessions (id INTEGER PRIMARY KEY, user INTEGER);
CREATE INDEX sessions_user ON session (user);
-- down
DROP TABLE sessions;
