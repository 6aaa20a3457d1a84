-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
INSERT INTO item_new SELECT item.id, item.name, item.cost, item.price, item.product
FROM item LEFT JOIN product ON product.id = item.product;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
