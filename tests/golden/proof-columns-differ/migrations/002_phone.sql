-- up
ALTER TABLE users ADD COLUMN phone TEXT;

-- === DOWN MIGRATION ===
CREATE TABLE users_old (id INTEGER PRIMARY KEY, email TEXT, age TEXT, state TEXT DEFAULT 'old');
INSERT INTO users_old SELECT id, email, age, state FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
