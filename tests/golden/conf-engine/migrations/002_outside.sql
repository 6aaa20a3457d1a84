-- Transaction: none
-- === UP MIGRATION ===
PRAGMA journal_mode = DELETE;
INSERT INTO a(b) VALUES('outside') RETURNING id;
VACUUM;

-- === DOWN MIGRATION ===
DELETE FROM a WHERE b = 'outside';
