-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
INSERT INTO item_new SELECT i.id, i.name, i.cost, i.price, i.product
FROM product p JOIN item i WHERE p.id = 1;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
