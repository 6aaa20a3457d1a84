-- up
INSERT INTO a VALUES ('one;
two; it''s;');
-- down
DELETE FROM a;
