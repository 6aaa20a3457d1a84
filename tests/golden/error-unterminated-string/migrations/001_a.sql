-- up
INSERT INTO a VALUES ('b', 'c);
SELECT 2;
-- down
SELECT 3;
