-- Irreversible: nobody needs it
-- Allow: destructive: codes were never given out

-- up
CREATE TABLE orders_new (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    total INTEGER DEFAULT 0 CHECK (total >= 0 OR total = -1),
    changed_at TEXT
);
INSERT INTO orders_new SELECT id, user_id, total, changed_at FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
CREATE INDEX orders_user_again ON orders (user_id);
