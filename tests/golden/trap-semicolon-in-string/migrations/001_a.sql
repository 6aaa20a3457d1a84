-- up
CREATE TABLE a(x);
INSERT INTO a VALUES ('one;
two; it''s;');
-- down
DROP TABLE a;
