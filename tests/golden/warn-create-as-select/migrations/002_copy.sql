-- up
CREATE TABLE names AS SELECT id, email FROM users;
CREATE TEMP TABLE passing AS SELECT id FROM users;
DROP TABLE passing;
CREATE TABLE scratch AS SELECT id FROM users;
DROP TABLE scratch;
-- down
DROP TABLE names;
