-- Description: What is sold

-- up
CREATE TABLE categories (
    code TEXT PRIMARY KEY,
    label TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE ON CONFLICT ABORT,
    category TEXT REFERENCES categories (code) ON UPDATE CASCADE ON DELETE SET NULL,
    price INTEGER NOT NULL CHECK (price >= 0),
    stock INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
    CHECK (length(sku) BETWEEN 3 AND 20)
) STRICT;

CREATE INDEX products_cheap ON products (price, category) WHERE price < 1000 AND stock > 0;

INSERT INTO categories VALUES ('tool', 'Tools'), ('book', 'Books');

-- down
DROP TABLE products;
DROP TABLE categories;
