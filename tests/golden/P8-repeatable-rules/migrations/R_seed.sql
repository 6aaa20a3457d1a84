-- Irreversible: it is a seed
-- up
INSERT OR IGNORE INTO note VALUES(1, 2);
