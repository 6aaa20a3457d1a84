-- Lossy: phones are forgotten

-- up
ALTER TABLE users DROP COLUMN phone;
-- down
CREATE TABLE users_old (id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT, age INTEGER DEFAULT 0);
INSERT INTO users_old (id, email, age) SELECT id, email, age FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
