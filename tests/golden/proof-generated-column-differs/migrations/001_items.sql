-- up
CREATE TABLE items (id INTEGER PRIMARY KEY, qty INTEGER, price INTEGER, total INTEGER AS (qty * price));
-- down
DROP TABLE items;
