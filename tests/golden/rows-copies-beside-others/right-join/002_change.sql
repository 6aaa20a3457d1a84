-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
INSERT INTO item_new SELECT i.id, i.name, p.cost, i.cost, i.product
FROM item i LEFT JOIN product p ON p.id = i.product;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
