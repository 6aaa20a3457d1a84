-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
WITH old AS (SELECT rowid AS r, * FROM item)
INSERT INTO item_new(rowid, name, price, cost, product) SELECT r, name, price, cost, product FROM old;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
