-- Description: A line is found by a number of its own
-- Allow: rows: an order has each product once

-- up
CREATE TABLE lines_new (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    price INTEGER NOT NULL
);
INSERT INTO lines_new (order_id, product, quantity, price)
SELECT order_id, product, quantity, price FROM lines;
DROP TABLE lines;
ALTER TABLE lines_new RENAME TO lines;

-- down
ALTER TABLE lines RENAME TO lines_new;
CREATE TABLE lines (
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    product INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity > 0),
    price INTEGER NOT NULL,
    total INTEGER GENERATED ALWAYS AS (quantity * price) VIRTUAL,
    PRIMARY KEY (order_id, product)
) WITHOUT ROWID;
INSERT INTO lines (order_id, product, quantity, price)
SELECT order_id, product, quantity, price FROM lines_new;
DROP TABLE lines_new;
CREATE INDEX lines_product ON lines (product);

-- test
INSERT INTO customers (id, email) VALUES (21, 'fay@example.com');
INSERT INTO products (id, sku) VALUES (21, 'NUT-21'), (22, 'BOLT-22');
INSERT INTO orders (id, customer, at) VALUES (21, 21, '2026-02-01');
INSERT INTO lines (order_id, product, quantity, price) VALUES (21, 21, 3, 5), (21, 22, 1, 8);
