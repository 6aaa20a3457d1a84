-- up
CREATE TABLE orders_new (id INTEGER PRIMARY KEY, total INTEGER NOT NULL DEFAULT 0);
INSERT INTO orders_new SELECT id, coalesce(total, 0) FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
-- down
CREATE TABLE orders_old (id INTEGER PRIMARY KEY, total INTEGER);
INSERT INTO orders_old SELECT id, total FROM orders;
DROP TABLE orders;
ALTER TABLE orders_old RENAME TO orders;
