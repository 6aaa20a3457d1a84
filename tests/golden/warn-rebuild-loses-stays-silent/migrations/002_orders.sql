-- up
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code TEXT COLLATE NOCASE UNIQUE,
    total INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0),
    changed_at TEXT
);
CREATE INDEX orders_user ON orders (user_id);
CREATE TRIGGER orders_changed AFTER UPDATE OF total ON orders BEGIN
    UPDATE orders SET changed_at = CURRENT_TIMESTAMP WHERE id = new.id;
END;
-- down
DROP TABLE orders;
