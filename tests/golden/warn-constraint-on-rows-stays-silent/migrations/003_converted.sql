-- up
CREATE TABLE users_new (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    age INTEGER DEFAULT 0 CHECK (age >= 0)
);
INSERT INTO users_new (id, email, phone, age)
SELECT id, email, coalesce(phone, ''), max(age, 0) FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
CREATE UNIQUE INDEX users_email ON users (email);
-- down
CREATE TABLE users_old (id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT, age INTEGER DEFAULT 0);
INSERT INTO users_old SELECT * FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
CREATE UNIQUE INDEX users_email ON users (email);
