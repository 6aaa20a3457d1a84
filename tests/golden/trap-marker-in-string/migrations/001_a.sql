-- up
INSERT INTO a VALUES ('
-- down
-- === DOWN MIGRATION ===
');
-- down
DELETE FROM a;
