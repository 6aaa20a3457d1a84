-- up
ALTER TABLE users ADD COLUMN phone TEXT;
-- down
CREATE TABLE users_old (id INTEGER PRIMARY KEY, org INTEGER REFERENCES orgs (id), email TEXT, age INTEGER);
INSERT INTO users_old SELECT id, org, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
CREATE INDEX users_org ON users (org);
