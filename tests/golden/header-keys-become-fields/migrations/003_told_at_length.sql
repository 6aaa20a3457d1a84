-- Description: A table for what
--    comes later
-- Notes:
--   First ask Ines,
--   who knows: 2 tables wait.   
-- This is no part of the notes.
-- Lossy: a number
--  is cut
--
--   nor is this of the reason
-- up
CREATE TABLE t2(x);
-- down
DROP TABLE t2;
