-- Description: Prices in a table of their own, with the day they begin

-- up
DROP TRIGGER lines_insert;
CREATE TABLE prices (
    product INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    PRIMARY KEY (product, since DESC)
) WITHOUT ROWID, STRICT;
INSERT INTO prices SELECT id, '2026-01-01', price FROM products;
CREATE TABLE products_new (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    category TEXT REFERENCES categories (code) ON UPDATE CASCADE,
    stock INTEGER NOT NULL DEFAULT 0
);
INSERT INTO products_new SELECT id, sku, category, stock FROM products;
DROP TABLE products;
ALTER TABLE products_new RENAME TO products;

-- down
CREATE TABLE products_old (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE ON CONFLICT ABORT,
    category TEXT REFERENCES categories (code) ON UPDATE CASCADE ON DELETE SET NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    stock INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
    CHECK (length(sku) BETWEEN 3 AND 20)
) STRICT;
INSERT INTO products_old
SELECT id, sku, category, (SELECT price FROM prices WHERE product = id ORDER BY since DESC LIMIT 1), stock
  FROM products;
DROP TABLE products;
DROP TABLE prices;
ALTER TABLE products_old RENAME TO products;
CREATE INDEX products_cheap ON products (price, category) WHERE price < 1000 AND stock > 0;
CREATE INDEX products_sku ON products (lower(sku) COLLATE NOCASE, price DESC);
CREATE TRIGGER lines_insert AFTER INSERT ON lines
WHEN new.quantity > 0
BEGIN
    UPDATE products SET stock = stock - new.quantity WHERE id = new.product;
END;

-- test
INSERT INTO products (id, sku, category, price, stock) VALUES
    (1, 'HAM-01', 'tool', 1250, 4), (2, 'SQL-02', 'book', 999, 0), (3, 'ODD-03', NULL, 0, 7);
