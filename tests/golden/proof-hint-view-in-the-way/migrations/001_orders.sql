-- up
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER);
CREATE TABLE log (line TEXT);
CREATE VIEW large_orders AS SELECT id FROM orders WHERE total > 1000;
-- down
DROP VIEW large_orders;
DROP TABLE log;
DROP TABLE orders;
