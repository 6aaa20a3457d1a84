-- up
CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT, total INTEGER);
CREATE INDEX orders_email
    ON orders (emial);
-- down
DROP TABLE orders;
