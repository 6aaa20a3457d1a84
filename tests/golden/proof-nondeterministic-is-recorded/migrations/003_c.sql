-- === UP MIGRATION ===
INSERT INTO a(id, made) VALUES(3, abs(random()));

-- === DOWN MIGRATION ===
DELETE FROM a WHERE id = 3;
