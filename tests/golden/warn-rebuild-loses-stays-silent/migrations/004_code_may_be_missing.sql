-- Irreversible: nobody needs it

-- up
CREATE TABLE orders_new (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    code TEXT COLLATE NOCASE UNIQUE,
    total INTEGER DEFAULT 0 CHECK (total >= 0 OR total = -1),
    changed_at TEXT
);
INSERT INTO orders_new SELECT * FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
CREATE INDEX orders_by_user ON orders (user_id);
