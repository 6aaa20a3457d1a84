-- Lossy: who had no room
-- up
UPDATE guest SET room = 'lobby' WHERE room IS NULL;
-- down
SELECT 1;
