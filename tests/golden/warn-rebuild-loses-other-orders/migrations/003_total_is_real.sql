-- Irreversible: nobody needs it

-- up
ALTER TABLE orders RENAME TO orders_old;
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code TEXT COLLATE NOCASE UNIQUE,
    total REAL NOT NULL DEFAULT 0 CHECK (total >= 0),
    changed_at TEXT
);
INSERT INTO orders SELECT * FROM orders_old;
DROP TABLE orders_old;
CREATE TRIGGER orders_changed AFTER UPDATE OF total ON orders BEGIN
    UPDATE orders SET changed_at = CURRENT_TIMESTAMP WHERE id = new.id;
END;
