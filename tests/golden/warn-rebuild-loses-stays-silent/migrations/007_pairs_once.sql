-- Description: what the index found, the new primary key finds
-- Lossy: pairs that were there twice

-- up
CREATE TABLE pairs_new (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b));
INSERT OR IGNORE INTO pairs_new SELECT a, b FROM pairs;
DROP TABLE pairs;
ALTER TABLE pairs_new RENAME TO pairs;
-- down
CREATE TABLE pairs_old (a INTEGER, b INTEGER);
INSERT INTO pairs_old SELECT a, b FROM pairs;
DROP TABLE pairs;
ALTER TABLE pairs_old RENAME TO pairs;
CREATE INDEX pairs_a ON pairs (a);
