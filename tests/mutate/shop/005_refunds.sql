-- Description: An order can be taken back

-- up
CREATE TABLE orders_new (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent', 'refunded')),
    at TEXT NOT NULL,
    reason TEXT
);
INSERT INTO orders_new (id, customer, state, at) SELECT id, customer, state, at FROM orders;
DROP TRIGGER lines_insert;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
CREATE INDEX orders_customer ON orders (customer, at DESC);
CREATE INDEX orders_open ON orders (at) WHERE state = 'new';
CREATE TRIGGER lines_insert AFTER INSERT ON lines
WHEN new.quantity > 0
BEGIN
    UPDATE products SET stock = stock - new.quantity WHERE id = new.product;
END;

-- down
DROP TRIGGER lines_insert;
CREATE TABLE orders_old (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent')),
    at TEXT NOT NULL
);
INSERT INTO orders_old (id, customer, state, at)
SELECT id, customer, state, at FROM orders WHERE state <> 'refunded';
DROP TABLE orders;
ALTER TABLE orders_old RENAME TO orders;
CREATE INDEX orders_customer ON orders (customer, at DESC);
CREATE TRIGGER lines_insert AFTER INSERT ON lines
WHEN new.quantity > 0
BEGIN
    UPDATE products SET stock = stock - new.quantity WHERE id = new.product;
    UPDATE orders SET state = CASE WHEN state = 'sent' THEN 'paid' ELSE state END WHERE id = new.order_id;
END;

-- test
INSERT INTO customers (id, email, name) VALUES (1, 'ann@example.com', 'Ann'), (2, 'bob@example.com', 'Bob');
INSERT INTO orders VALUES (1, 1, 'new', '2026-01-01'), (2, 1, 'paid', '2026-01-02'), (3, 2, 'sent', '2026-01-03');
