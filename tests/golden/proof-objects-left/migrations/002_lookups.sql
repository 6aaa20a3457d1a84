-- up
CREATE INDEX users_email ON users (email);
CREATE VIEW emails AS SELECT email FROM users;
CREATE TRIGGER users_trim AFTER INSERT ON users BEGIN
    UPDATE users SET email = trim(email) WHERE id = new.id;
END;
CREATE VIRTUAL TABLE words USING fts5(word);
ALTER TABLE users ADD COLUMN phone TEXT;

-- down
SELECT 1;
