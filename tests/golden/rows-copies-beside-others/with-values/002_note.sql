-- === UP MIGRATION ===
CREATE TABLE item_new(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, note TEXT);
INSERT INTO item_new(id, name, price)
WITH factor(n) AS (VALUES (1))
SELECT item.id, item.price, item.name FROM factor JOIN item;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
-- === DOWN MIGRATION ===
ALTER TABLE item DROP COLUMN note;
