-- up
ALTER TABLE sale DROP COLUMN amuont;
-- down
ALTER TABLE sale ADD COLUMN amuont REAL;
