-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
INSERT INTO item_new WITH old AS (SELECT * FROM item) SELECT id, name, cost, price, product FROM old;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
