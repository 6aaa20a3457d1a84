-- Irreversible: the first
-- up
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER, cost INTEGER, product INTEGER);
CREATE TABLE product(id INTEGER PRIMARY KEY, cost INTEGER);
INSERT INTO product VALUES(1, 5);
