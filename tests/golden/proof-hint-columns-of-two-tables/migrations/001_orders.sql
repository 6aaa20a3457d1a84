-- up
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER);
CREATE TABLE customers (id INTEGER PRIMARY KEY, "full name" TEXT);
UPDATE orders SET customer = (SELECT c.id FROM "customers" AS c WHERE c.fullname = 'Ann');
-- down
DROP TABLE orders;
DROP TABLE customers;
