-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TABLE item_new AS SELECT id * 1000 AS id, name || '!' AS name, price * 100 AS price, cost * 100 AS cost, product FROM item;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
