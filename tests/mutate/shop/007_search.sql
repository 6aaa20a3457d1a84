-- Description: Products are found by words

-- up
CREATE VIRTUAL TABLE product_words USING fts5(sku, label, tokenize = 'unicode61', prefix = '2 3');
INSERT INTO product_words (rowid, sku, label)
SELECT p.id, p.sku, c.label FROM products AS p JOIN categories AS c ON c.code = p.category;
CREATE VIRTUAL TABLE shelves USING rtree(id, left, right, +note);

-- down
DROP TABLE product_words;
DROP TABLE shelves;
