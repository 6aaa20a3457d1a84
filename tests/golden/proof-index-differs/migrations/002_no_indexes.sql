-- up
DROP INDEX a;
DROP INDEX b;
DROP INDEX c;
DROP INDEX d;
-- down
CREATE INDEX a ON users (email);
CREATE INDEX b ON users (at);
CREATE INDEX c ON users (email COLLATE NOCASE);
CREATE INDEX d ON users (active, at);
