-- up
CREATE TABLE a(x);
INSERT INTO a VALUES ('
-- down
-- === DOWN MIGRATION ===
');
-- down
DROP TABLE a;
