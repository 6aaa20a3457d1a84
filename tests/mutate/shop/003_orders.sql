-- Description: Who bought what

-- up
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent')),
    at TEXT NOT NULL
);
CREATE TABLE lines (
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    product INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity > 0),
    price INTEGER NOT NULL,
    total INTEGER GENERATED ALWAYS AS (quantity * price) VIRTUAL,
    PRIMARY KEY (order_id, product)
) WITHOUT ROWID;
CREATE INDEX orders_customer ON orders (customer, at DESC);
CREATE INDEX lines_product ON lines (product);

-- down
DROP INDEX lines_product;
DROP INDEX orders_customer;
DROP TABLE lines;
DROP TABLE orders;
