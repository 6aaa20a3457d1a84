-- up
ALTER TABLE sale RENAME COLUMN amuont TO cents;
-- down
ALTER TABLE sale RENAME COLUMN cents TO amount;
