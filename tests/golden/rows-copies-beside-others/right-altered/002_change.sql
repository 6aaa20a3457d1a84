-- Allow: missing-down, destructive, rebuild-loses, create-as-select: shown elsewhere
-- up
CREATE TEMP TABLE held AS SELECT id, name, price, cost FROM item;
ALTER TABLE held ADD COLUMN product;
UPDATE held SET product = (SELECT product + 1 FROM item WHERE item.id = held.id);
DROP TABLE item;
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
INSERT INTO item SELECT * FROM held;
DROP TABLE held;
