-- Irreversible: nobody needs it

-- up
CREATE TABLE orders_new (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    code TEXT,
    total INTEGER NOT NULL,
    changed_at TEXT,
    note TEXT
);
INSERT INTO orders_new (id, user_id, code, total, changed_at)
SELECT id, user_id, code, total, changed_at FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
