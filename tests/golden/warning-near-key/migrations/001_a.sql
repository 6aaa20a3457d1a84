-- Descripton: x
-- Autor : y
-- Tag: z
-- Foreign-Key: on
-- Depend: a
-- Irreversable: b
-- Transactions: none
-- Notes: none
-- up
CREATE TABLE a(x);
-- down
DROP TABLE a;
-- Autor: not in the header
