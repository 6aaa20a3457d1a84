-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
WITH p(cost) AS (VALUES(99))
INSERT INTO item_new SELECT i.id, i.name, p.cost, i.cost, i.product FROM item i, p;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
