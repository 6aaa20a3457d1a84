-- Lossy: an age below zero, which the CHECK of before does not take
-- up
DROP INDEX users_email_phone;
CREATE TABLE users_new (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    age INTEGER DEFAULT 0 CHECK (age >= 0 OR age = -1),
    nick TEXT CHECK (length(nick) > 2)
);
INSERT INTO users_new SELECT * FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_nick ON users (nick);
-- down
CREATE TABLE users_old (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    age INTEGER DEFAULT 0 CHECK (age >= 0),
    nick TEXT CHECK (length(nick) > 2)
);
INSERT INTO users_old SELECT * FROM users;
DROP TABLE users;
ALTER TABLE users_old RENAME TO users;
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_nick ON users (nick);
CREATE UNIQUE INDEX users_email_phone ON users (email, phone);
