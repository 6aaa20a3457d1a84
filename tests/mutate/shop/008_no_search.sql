-- Description: A search by prefix is enough
-- Lossy: where things stood on the shelves is forgotten

-- up
DROP TABLE product_words;
DROP TABLE shelves;
DROP VIEW sales;
CREATE INDEX products_sku ON products (lower(sku) COLLATE NOCASE, price DESC);

-- down
DROP INDEX products_sku;
CREATE VIRTUAL TABLE product_words USING fts5(sku, label, tokenize = 'unicode61', prefix = '2 3');
INSERT INTO product_words (rowid, sku, label)
SELECT p.id, p.sku, c.label FROM products AS p JOIN categories AS c ON c.code = p.category;
CREATE VIRTUAL TABLE shelves USING rtree(id, left, right, +note);
CREATE VIEW sales AS
SELECT p.sku, p.category, sum(l.quantity) AS sold, sum(l.total) AS earned
  FROM lines AS l JOIN products AS p ON p.id = l.product
 GROUP BY p.sku, p.category;
