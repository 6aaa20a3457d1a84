-- up
CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO kind VALUES(1, 'free'), (2, 'paid');
-- down
DROP TABLE kind;
