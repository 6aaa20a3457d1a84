-- up
CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT, total INTEGER);
INSERT INTO orders (id, e_mail) VALUES (1, 'ann@example.com');
-- down
DROP TABLE orders;
