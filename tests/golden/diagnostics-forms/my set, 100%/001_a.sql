-- up
CREATE TABLE a(x TEXT DEFAULT '🍎é', y ENUMM, z INTERGER);
INSERT INTO a(x)
    SELECT '%"\\';
-- down
DROP TABLE aa;
