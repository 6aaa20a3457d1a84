-- up
CREATE TABLE c (n INTEGER);
INSERT INTO c SELECT 1 WHERE date('now') > '2020-01-01' AND random() IS NOT NULL;
-- down
DROP TABLE c;
